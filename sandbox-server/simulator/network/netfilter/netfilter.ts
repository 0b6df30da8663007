import type { Namespace } from '../namespace.ts'
import type { NetworkInterface } from '../network-interface.ts'
import type { Packet } from '../packet.ts'
export type HookName = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING'
export class Netfilter {
  readonly namespace: Namespace
  constructor(namespace: Namespace) {
    this.namespace = namespace
  }
  get isEmpty(): boolean {
    return true
  }
  run(
    _hook: HookName,
    _packet: Packet,
    _input: NetworkInterface | undefined,
    _output: NetworkInterface | undefined,
  ): boolean {
    return true
  }
}
