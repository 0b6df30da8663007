// Finds the message that an exercise's author wrote for a wrong answer, by what the check observed.
import type { Check } from '../contract/check.ts'
import { sameValue, show, valueAt } from './path.ts'

type Mistake = Check['mistakes'][number]

/** The first mistake whose conditions all hold, with its message filled in; undefined where none does. */
export function messageForMistake(
  mistakes: readonly Mistake[],
  data: Readonly<Record<string, unknown>>,
): string | undefined {
  const mistake = mistakes.find(({ when }) =>
    Object.entries(when).every(([path, expected]) => holds(valueAt(data, path), expected)),
  )
  return mistake && fillIn(mistake.message, data)
}

export function fillIn(message: string, data: Readonly<Record<string, unknown>>): string {
  return message.replace(/\{([a-zA-Z][\w.[\]*']*)\}/g, (_, path: string) => {
    const value = valueAt(data, path)
    return Array.isArray(value) ? value.map(show).join(', ') : show(value)
  })
}

function holds(found: unknown, expected: unknown): boolean {
  if (typeof expected !== 'object' || expected === null || Array.isArray(expected))
    return sameValue(found, expected)
  const operators = Object.entries(expected)
  return operators.every(([operator, value]) => {
    switch (operator) {
      case 'not':
        return !sameValue(found, value)
      case 'matches':
        return new RegExp(String(value)).test(show(found))
      case 'oneOf':
        return Array.isArray(value) && value.some((one) => sameValue(found, one))
      case 'atLeast':
        return typeof found === 'number' && found >= Number(value)
      case 'exists':
        return (found !== undefined && found !== null) === value
      default:
        return sameValue(found, expected)
    }
  })
}
