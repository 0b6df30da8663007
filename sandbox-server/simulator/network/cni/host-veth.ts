// Names of the node's ends of pods' cables: `veth` and eight hexadecimal digits (plugins/pkg/ip/link_linux.go).
import type { Namespace } from '../namespace.ts'

export function hostVethName(node: Namespace): string {
  for (;;) {
    const name = `veth${node.random.integer(0xffffffff).toString(16).padStart(8, '0')}`
    if (!node.interface(name)) return name
  }
}
