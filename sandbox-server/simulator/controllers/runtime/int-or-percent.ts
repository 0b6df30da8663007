// Values like maxSurge that are a number or a percentage of another number (apimachinery/pkg/util/intstr).

export function scaledValue(
  value: number | string | undefined,
  total: number,
  round: 'up' | 'down',
  otherwise = 0,
): number {
  if (value === undefined) return otherwise
  if (typeof value === 'number') return value
  const percent = /^(\d+)%$/.exec(value)?.[1]
  if (percent === undefined) return otherwise
  const exact = (Number(percent) * total) / 100
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact)
}
