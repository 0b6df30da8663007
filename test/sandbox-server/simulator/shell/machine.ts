// A machine with every command of the shell on it, for the tests of this room. Its network is never used.
import { SimulatedClock } from '../../../../sandbox-server/simulator/clock.ts'
import type { RunningMachine } from '../../../../sandbox-server/simulator/cluster.ts'
import { createTree } from '../../../../sandbox-server/simulator/node/images/file-tree.ts'
import { createMachine } from '../../../../sandbox-server/simulator/node/machine.ts'
import { MemoryFileSystem } from '../../../../sandbox-server/simulator/node/memory-file-system.ts'
import type { Program } from '../../../../sandbox-server/simulator/node/process.ts'
import { collector, inputOf } from '../../../../sandbox-server/simulator/node/streams.ts'
import { Volume } from '../../../../sandbox-server/simulator/node/volume.ts'
import { seededRandom } from '../../../../sandbox-server/simulator/random.ts'
import { commands } from '../../../../sandbox-server/simulator/shell/commands/index.ts'

export interface TestMachine extends RunningMachine {
  readonly clock: SimulatedClock
}

export const startsAt = Date.UTC(2026, 0, 2, 3, 4, 5)

export function testMachine(
  extra: Readonly<Record<string, Program>> = {},
  hostname = 'terminal',
): TestMachine {
  const clock = new SimulatedClock(startsAt)
  const programs = new Map<string, Program>(
    Object.values(commands).map(({ name, program }) => [name, program]),
  )
  for (const [name, program] of Object.entries(extra)) programs.set(name, program)
  const executables = Object.fromEntries([...programs.keys()].map((name) => [`/usr/bin/${name}`, name]))
  const root = createTree(undefined, {
    executables,
    files: { '/tmp/': '', '/root/workspace/': '', '/etc/hostname': `${hostname}\n` },
    links: { '/bin': 'usr/bin' },
  })
  const files = new MemoryFileSystem(new Volume(root), () => clock.now())
  const fail = (): never => {
    throw new Error('no network in this test')
  }
  const machine = createMachine({
    machine: {
      kind: 'outside',
      hostname,
      network: { name: 'test', sockets: { listen: fail, connect: fail, bindUdp: fail, ping: fail } },
    },
    files,
    clock,
    random: seededRandom(1),
    env: { HOME: '/root', PATH: '/usr/local/bin:/usr/bin:/bin' },
    workingDirectory: '/root/workspace',
    programs,
  })
  return { ...machine, clock }
}

/** Runs a script as `bash -c` and gives everything it printed. */
export async function runScript(
  script: string,
  options: { machine?: TestMachine; stdin?: string; shell?: 'bash' | 'sh'; args?: readonly string[] } = {},
): Promise<{ stdout: string; stderr: string; status: number }> {
  const machine = options.machine ?? testMachine()
  const stdout = collector()
  const stderr = collector()
  const status = await machine.spawn([options.shell ?? 'bash', '-c', script, ...(options.args ?? [])], {
    stdin: inputOf(options.stdin ?? ''),
    stdout,
    stderr,
  })
  return { stdout: stdout.text(), stderr: stderr.text(), status }
}
