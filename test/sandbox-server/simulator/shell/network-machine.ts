// A client machine with the network commands, and a server machine beside it, in simulated time.
import { createTree } from '../../../../sandbox-server/simulator/node/images/file-tree.ts'
import { createMachine, type MachineRuntime } from '../../../../sandbox-server/simulator/node/machine.ts'
import { MemoryFileSystem } from '../../../../sandbox-server/simulator/node/memory-file-system.ts'
import { collector, inputOf } from '../../../../sandbox-server/simulator/node/streams.ts'
import { Volume } from '../../../../sandbox-server/simulator/node/volume.ts'
import { programsOf } from '../../../../sandbox-server/simulator/shell/commands/index.ts'
import { type Machines, twoMachines } from '../network/machines.ts'

export interface NetworkMachine extends Machines {
  readonly machine: MachineRuntime
  readonly files: MemoryFileSystem
  /** Runs the command in simulated time; stdout and stderr together. */
  run(
    argv: readonly string[],
    stdin?: string,
  ): Promise<{ output: string; exitCode: number | undefined; ms: number }>
}

/** The client is 172.18.0.2, the server 172.18.0.3. */
export function networkMachine(): NetworkMachine {
  const machines = twoMachines()
  const { clock, random, a } = machines
  const programs = new Map(Object.entries(programsOf('container')))
  const executables = Object.fromEntries([...programs.keys()].map((name) => [`/usr/bin/${name}`, name]))
  const tree = createTree(undefined, {
    executables,
    files: {
      '/root/': '',
      '/etc/hosts': '127.0.0.1 localhost\n172.18.0.3 web\n172.18.0.99 nobody\n',
      '/etc/resolv.conf':
        'nameserver 172.18.0.3\nsearch demo.svc.cluster.local cluster.local\noptions ndots:5\n',
    },
  })
  const files = new MemoryFileSystem(new Volume(tree), () => clock.now())
  const machine = createMachine({
    machine: { kind: 'container', hostname: 'client', network: a },
    files,
    clock,
    random,
    env: { HOME: '/root', PATH: '/usr/bin' },
    workingDirectory: '/root',
    programs,
  })
  return {
    ...machines,
    machine,
    files,
    async run(argv, stdin = '') {
      const output = collector()
      const startedAt = clock.now()
      let exitCode: number | undefined
      machine.spawn(argv, { stdin: inputOf(stdin), stdout: output, stderr: output }).then((code) => {
        exitCode = code
      })
      await clock.runUntil(() => exitCode !== undefined, 300_000)
      return { output: output.text(), exitCode, ms: clock.now() - startedAt }
    },
  }
}
