// What the nodes of a cluster that failed have to say: complaints of their kubelets and containers, without the chatter.
import { AppError } from '../../../contract/errors.ts'
import type { ClusterRecord } from '../cluster-record.ts'
import type { ContainerEngine } from '../engine/engine.ts'

const timeoutMs = 5_000
const linesOfEach = 30

/** Empty where there is no node to ask. Never rejects. */
export async function readNodeLog(engine: ContainerEngine, nodes: ClusterRecord['nodes']): Promise<string> {
  const logs = await Promise.all(
    nodes.map(async ({ name, container }) => {
      const [state, console, journal, memory] = await Promise.all([
        ask(engine, ['inspect', '--format', '{{.State.Status}}, exit code {{.State.ExitCode}}', container]),
        ask(engine, ['logs', '--tail', '20', container]),
        ask(engine, ['exec', container, 'journalctl', '--lines', '400', '--no-pager', '--output', 'cat']),
        ask(engine, ['exec', container, 'sh', '-c', `cat ${memoryEvents.join(' ')} 2>/dev/null; :`]),
      ])
      if (state === '') return ''
      const said = [...complaints(console), ...outOfMemory(memory), ...complaints(journal)]
      return [`${name} (${state.trim()})`, ...said].join('\n')
    }),
  )
  return logs.filter((log) => log !== '').join('\n')
}

async function ask(engine: ContainerEngine, args: readonly string[]): Promise<string> {
  try {
    return await engine.run(args, { timeoutMs })
  } catch (error) {
    // Why a node cannot even be asked may be the reason itself: no more processes, no more memory.
    return args[0] === 'exec' && error instanceof AppError ? (error.log ?? '') : ''
  }
}

/** The last complaints, each once. */
export function complaints(text: string): string[] {
  const lines = new Map<string, string>()
  for (const line of text.split('\n')) {
    const complaint = line.replace(/\s+$/, '')
    if (!/^[WEF]\d{4} /.test(complaint) && !isPlainComplaint(complaint)) continue
    const key = complaint.replace(klogPrefix, '').replace(/\b[0-9a-f]{12,}\b|\d/g, '')
    // Once more at the end: what was said last is what broke it.
    lines.delete(key)
    lines.set(key, complaint)
  }
  return [...lines.values()].slice(-linesOfEach)
}

/** Kubernetes' programs mark warnings, errors and what ends them with W, E and F before date, time and process. */
const klogPrefix = /^[WEF]\d{4} [\d:.]+ +\d+ /

function isPlainComplaint(line: string): boolean {
  if (/^\s|^I\d{4} |level=(info|debug)/.test(line)) return false
  return /error|fail|fatal|cannot|denied|no space|too many|unavailable|killed|panic/i.test(line)
}

/** Of cgroup v2 and v1; both have a line `oom_kill 3`. */
const memoryEvents = ['/sys/fs/cgroup/memory.events', '/sys/fs/cgroup/memory/memory.oom_control']

function outOfMemory(events: string): string[] {
  const kills = Number(/^oom_kill (\d+)$/m.exec(events)?.[1] ?? 0)
  return kills > 0 ? [`The kernel ended ${kills} of its processes: out of memory.`] : []
}
