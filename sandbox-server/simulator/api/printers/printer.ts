// Rows of a kind's table, as its columns in data/tables.generated.json name them.
import type { KubernetesObject, LabelSelector } from '../../../contract/kubernetes.ts'
import { since } from './age.ts'

export interface PrintContext {
  /** Epoch milliseconds. */
  readonly now: number
}

/** Cells of one row, in the order of the columns. */
export type Printer<T = KubernetesObject> = (object: T, context: PrintContext) => unknown[]

export const none = '<none>'
export const unset = '<unset>'

export function age(object: KubernetesObject, { now }: PrintContext): string {
  return since(object.metadata?.creationTimestamp, now)
}

/** labels.FormatLabels. */
export function formatLabels(labels: Readonly<Record<string, string>> | undefined): string {
  const entries = Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  return entries.length === 0 ? none : entries.map(([key, value]) => `${key}=${value}`).join(',')
}

/** metav1.FormatLabelSelector. */
export function formatSelector(selector: LabelSelector | undefined): string {
  const operators: Record<string, string> = { In: 'in', NotIn: 'notin' }
  const parts = [
    ...Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => ({ key, text: `${key}=${value}` })),
    ...(selector?.matchExpressions ?? []).map(({ key, operator, values }) => {
      if (operator === 'Exists') return { key, text: key }
      if (operator === 'DoesNotExist') return { key, text: `!${key}` }
      return {
        key,
        text: `${key} ${operators[operator] ?? operator} (${[...(values ?? [])].sort().join(',')})`,
      }
    }),
  ].sort((a, b) => (a.key < b.key ? -1 : 1))
  return parts.length === 0 ? none : parts.map((part) => part.text).join(',')
}

export function containerColumns(
  containers: readonly { name?: string; image?: string }[] | undefined,
): [string, string] {
  const all = containers ?? []
  return [all.map((one) => one.name ?? '').join(','), all.map((one) => one.image ?? '').join(',')]
}
