// date(1) by the simulator's clock, in UTC.
import type { Command } from './command.ts'
import { parseOptions, UsageError, withUsage } from './options.ts'

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** strftime(3), in UTC. */
export function formatDate(format: string, at: number): string {
  const date = new Date(at)
  const iso = date.toISOString()
  const two = (value: number) => String(value).padStart(2, '0')
  const hour = date.getUTCHours()
  const start = Date.UTC(date.getUTCFullYear(), 0, 1)
  const values: Readonly<Record<string, () => string>> = {
    Y: () => iso.slice(0, 4),
    m: () => iso.slice(5, 7),
    d: () => iso.slice(8, 10),
    e: () => String(date.getUTCDate()).padStart(2),
    H: () => iso.slice(11, 13),
    M: () => iso.slice(14, 16),
    S: () => iso.slice(17, 19),
    N: () => `${iso.slice(20, 23)}000000`,
    I: () => two(hour % 12 || 12),
    p: () => (hour < 12 ? 'AM' : 'PM'),
    y: () => iso.slice(2, 4),
    j: () => String(Math.floor((at - start) / 86_400_000) + 1).padStart(3, '0'),
    a: () => (days[date.getUTCDay()] ?? '').slice(0, 3),
    A: () => days[date.getUTCDay()] ?? '',
    b: () => (months[date.getUTCMonth()] ?? '').slice(0, 3),
    B: () => months[date.getUTCMonth()] ?? '',
    F: () => iso.slice(0, 10),
    T: () => iso.slice(11, 19),
    R: () => iso.slice(11, 16),
    D: () => `${iso.slice(5, 7)}/${iso.slice(8, 10)}/${iso.slice(2, 4)}`,
    s: () => String(Math.floor(at / 1000)),
    u: () => String(date.getUTCDay() || 7),
    w: () => String(date.getUTCDay()),
    Z: () => 'UTC',
    z: () => '+0000',
    n: () => '\n',
    t: () => '\t',
    '%': () => '%',
  }
  return format.replace(/%(\d?)(.)/g, (whole, width: string, letter: string) => {
    const text = values[letter]?.()
    return text === undefined ? whole : width && letter === 'N' ? text.slice(0, Number(width)) : text
  })
}

function parseDate(text: string, now: number): number {
  if (text === 'now') return now
  const epoch = /^@(-?\d+(?:\.\d+)?)$/.exec(text)
  if (epoch) return Number(epoch[1]) * 1000
  const relative = /^([-+]?\s*\d+)\s*(second|sec|minute|min|hour|day|week)s?(\s+ago)?$/.exec(text.trim())
  if (relative) {
    const unit =
      { second: 1, sec: 1, minute: 60, min: 60, hour: 3600, day: 86_400, week: 604_800 }[
        relative[2] ?? 'second'
      ] ?? 1
    return now + Number((relative[1] ?? '0').replace(/\s/g, '')) * unit * 1000 * (relative[3] ? -1 : 1)
  }
  const parsed = Date.parse(/[zZ]|[-+]\d\d:?\d\d$|T/.test(text) ? text : `${text} UTC`)
  if (Number.isNaN(parsed)) throw new UsageError(`invalid date '${text}'`)
  return parsed
}

export const dateCommand: Command = {
  name: 'date',
  summary: 'the time of the cluster',
  group: 'system',
  usage: 'date [-u] [-d TIME] [-I[seconds]] [+FORMAT]',
  flags: {
    '-u': 'in UTC, as always here',
    '-d': 'another time',
    '-Iseconds': 'as ISO 8601',
    '-R': 'as RFC 5322',
  },
  program: withUsage(async (process) => {
    const args = process.argv.slice(1)
    const iso = args.find((arg) => arg.startsWith('-I') || arg.startsWith('--iso-8601'))
    const options = parseOptions(
      args.filter((arg) => arg !== iso),
      { u: 'utc', utc: 'utc', d: '=date', date: '=date', R: 'mail', 'rfc-email': 'mail' },
    )
    const now = process.clock.now()
    const at = parseDate(options.value('date') ?? 'now', now)
    const [format] = options.operands
    if (format !== undefined && !format.startsWith('+')) throw new UsageError(`invalid date '${format}'`)
    const pattern =
      format?.slice(1) ??
      (iso
        ? /s/.test(iso.slice(2).replace('iso-8601', ''))
          ? '%FT%T+00:00'
          : '%F'
        : options.has('mail')
          ? '%a, %d %b %Y %T %z'
          : '%a %b %e %T UTC %Y')
    await process.stdout.write(`${formatDate(pattern, at)}\n`)
    return 0
  }),
}
