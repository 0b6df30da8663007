// Cron expressions as robfig/cron's standard parser reads them: five fields, or a descriptor such as @hourly, @every 5m.

const descriptors: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

interface Field {
  readonly values: ReadonlySet<number>
  readonly any: boolean
}

function parseField(
  text: string,
  low: number,
  high: number,
  names: readonly string[] = [],
): Field | undefined {
  const values = new Set<number>()
  const number = (part: string) => {
    const named = names.indexOf(part.toLowerCase())
    return named >= 0 ? named + low : Number(part)
  }
  for (const part of text.split(',')) {
    const [range = '', step] = part.split('/')
    const [from = '', to] = range.split('-')
    const whole = range === '*' || range === '?'
    const start = whole ? low : number(from)
    const end = whole ? high : to !== undefined ? number(to) : step !== undefined ? high : start
    const every = step === undefined ? 1 : Number(step)
    if (![start, end, every].every(Number.isInteger) || every < 1) return undefined
    for (let value = start; value <= end; value += every) values.add(high === 6 && value === 7 ? 0 : value)
  }
  return { values, any: /^[*?]/.test(text) }
}

/** The first run after `after` (epoch milliseconds); undefined where the schedule never comes or cannot be read. */
export function nextRun(schedule: string, after: number): number | undefined {
  const every = /^@every\s+(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(schedule)
  if (every) {
    const [, h = '0', m = '0', s = '0'] = every
    const ms = ((Number(h) * 60 + Number(m)) * 60 + Number(s)) * 1000
    return ms > 0 ? Math.floor(after / 1000) * 1000 + ms : undefined
  }
  const parts = (descriptors[schedule] ?? schedule).trim().split(/\s+/)
  const [minuteText = '', hourText = '', dayText = '', monthText = '', weekdayText = ''] = parts
  const minute = parseField(minuteText, 0, 59)
  const hour = parseField(hourText, 0, 23)
  const day = parseField(dayText, 1, 31)
  const month = parseField(monthText, 1, 12, months)
  const weekday = parseField(weekdayText, 0, 6, days)
  if (parts.length !== 5 || !minute || !hour || !day || !month || !weekday) return undefined
  const time = new Date(Math.floor(after / 60_000) * 60_000 + 60_000)
  const limit = after + 5 * 366 * 86_400_000
  while (time.getTime() < limit) {
    const byDay = day.values.has(time.getUTCDate())
    const byWeekday = weekday.values.has(time.getUTCDay())
    // Where both are restricted, either will do.
    const rightDay = day.any || weekday.any ? byDay && byWeekday : byDay || byWeekday
    if (!month.values.has(time.getUTCMonth() + 1) || !rightDay) {
      time.setUTCHours(24, 0, 0, 0)
    } else if (!hour.values.has(time.getUTCHours())) {
      time.setUTCMinutes(60, 0, 0)
    } else if (!minute.values.has(time.getUTCMinutes())) {
      time.setUTCMinutes(time.getUTCMinutes() + 1)
    } else return time.getTime()
  }
  return undefined
}
