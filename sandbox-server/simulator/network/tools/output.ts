// What the tools share: writing to the streams of their process, and dates as date(1) has them.
import type { Process, Program } from '../../node/process.ts'
import { insideOf, type Namespace } from '../namespace.ts'

export interface ToolResult {
  readonly code: number
  readonly out?: string
  readonly error?: string
}

/** A program that looks at its namespace, prints and ends. */
export function tool(
  run: (namespace: Namespace, process: Process) => ToolResult | Promise<ToolResult>,
): Program {
  return async (process) => {
    const { code, out, error } = await run(insideOf(process.machine.network), process)
    if (out) await process.stdout.write(out)
    if (error) await process.stderr.write(error)
    return code
  }
}

/** `Tue Nov 24 17:00:00 2026`, in UTC. */
export function dateText(now: number): string {
  const [weekday = '', day = '', month = '', year = '', time = ''] = new Date(now)
    .toUTCString()
    .replace(',', '')
    .split(' ')
  return `${weekday} ${month} ${day.replace(/^0/, ' ')} ${time} ${year}`
}

export function lines(list: readonly string[]): string {
  return list.length === 0 ? '' : `${list.join('\n')}\n`
}

export async function readStdin(process: Process): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for (
    let data = await process.stdin.read(process.signal);
    data;
    data = await process.stdin.read(process.signal)
  ) {
    text += decoder.decode(data, { stream: true })
  }
  return text
}
