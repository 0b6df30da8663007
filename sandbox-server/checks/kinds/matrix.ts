// matrix: who reaches whom. Every cell is real traffic and weighs the same.
import type { Observation } from '../../contract/check.ts'
import type { CheckKindDefinition, FailingHop } from '../check-kind.ts'
import { diagnose } from '../diagnosis/diagnose.ts'
import { describeTarget, describeVantage, NoSuchPlace, resolveTarget, resolveVantage } from '../places.ts'

interface Cell {
  readonly right: boolean
  readonly text: string
  readonly message: string
  readonly hop?: FailingHop | undefined
  readonly observation: Observation
  readonly data: Readonly<Record<string, unknown>>
}

export const matrixCheck: CheckKindDefinition<'matrix'> = {
  kind: 'matrix',
  changesCluster: () => false,
  async run(check, context) {
    const cells = await Promise.all(
      check.cells.map(async (cell): Promise<Cell> => {
        try {
          const from = await resolveVantage(context, cell.from)
          const target = await resolveTarget(context, cell.to)
          const result = await context.client.probe(from, target, context.signal)
          const answered = result.outcome === 'answered'
          const right = answered === (cell.expect === 'answered')
          const text = `${describeVantage(cell.from)} to ${cell.to.host}:${cell.to.port}`
          const diagnosis = right || answered ? undefined : await diagnose(context, from, target, result)
          const did = `${describeVantage(from)} -> ${describeTarget(target)}`
          return {
            right,
            text,
            message: answered
              ? `${text}: looked for blocked, it was answered. Which rule lets it pass? See kubectl describe networkpolicy.`
              : (diagnosis?.message ?? `${text}: looked for an answer, got ${result.outcome}.`),
            hop: diagnosis?.hop ?? (answered ? 'policy' : undefined),
            observation: {
              did,
              found: result.outcome,
              hops: [...result.hops],
              data: { expected: cell.expect },
            },
            data: { ...diagnosis?.data, cell: text, outcome: result.outcome, expected: cell.expect },
          }
        } catch (error) {
          if (!(error instanceof NoSuchPlace)) throw error
          const text = `${describeVantage(cell.from)} to ${cell.to.host}:${cell.to.port}`
          const observation = { did: text, found: 'not there', hops: [], data: {} }
          return {
            right: false,
            text,
            message: error.message,
            observation,
            data: { cell: text, outcome: 'not-there' },
          }
        }
      }),
    )
    const wrong = cells.filter((cell) => !cell.right)
    const open = wrong.filter((cell) => cell.data.outcome === 'answered').map((cell) => cell.text)
    const closed = wrong.filter((cell) => cell.data.outcome !== 'answered').map((cell) => cell.text)
    const data = {
      right: cells.length - wrong.length,
      of: cells.length,
      open,
      closed,
      first: wrong[0]?.data ?? {},
    }
    const messages = [...new Set(wrong.map((cell) => cell.message))].slice(0, 2)
    return {
      score: data.right / data.of,
      failingHop: wrong[0]?.hop,
      message:
        wrong.length === 0
          ? `All ${cells.length} connections behave as asked.`
          : `${data.right} of ${data.of} connections behave as asked. ${messages.join(' ')}`,
      observations: cells.map((cell) => cell.observation),
      data,
    }
  },
}
