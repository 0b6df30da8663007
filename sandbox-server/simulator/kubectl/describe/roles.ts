// kubectl describe of Roles and ClusterRoles. Source: kubectl/pkg/describe/describe.go (describeClusterRole, BreakdownRule).
import { listAt } from '../object.ts'
import { DescribeWriter } from './describe-writer.ts'
import type { Describer } from './describer.ts'

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

export const describeRole: Describer = async (_context, object) => {
  const { metadata = {} } = object
  const w = new DescribeWriter()
  w.line(0, `Name:\t${metadata.name}`)
  w.labels('Labels', metadata.labels)
  w.annotations('Annotations', metadata.annotations)
  w.raw('PolicyRule:\n  Resources\tNon-Resource URLs\tResource Names\tVerbs\n')
  w.raw('  ---------\t-----------------\t--------------\t-----\n')
  // A row a resource, its verbs from every rule together, in the order of Go's text of a rule: by verbs first.
  const rows = new Map<
    string,
    { verbs: string[]; resource: string; group: string; names: string; urls: string }
  >()
  for (const rule of listAt(object, 'rules')) {
    const names = texts(rule.resourceNames).join(' ')
    const add = (resource: string, group: string, urls: string): void => {
      const key = [resource, group, names, urls].join('|')
      const row = rows.get(key) ?? { verbs: [], resource, group, names, urls }
      row.verbs.push(...texts(rule.verbs).filter((verb) => !row.verbs.includes(verb)))
      rows.set(key, row)
    }
    for (const group of texts(rule.apiGroups))
      for (const resource of texts(rule.resources)) add(resource, group, '')
    for (const url of texts(rule.nonResourceURLs)) add('', '', url)
  }
  const order = ({ verbs, group, resource }: { verbs: string[]; group: string; resource: string }) =>
    `[${verbs.join(' ')}][${group}][${resource}]`
  for (const row of [...rows.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1)))
    w.line(
      1,
      `${row.group ? `${row.resource}.${row.group}` : row.resource}\t[${row.urls}]\t[${row.names}]\t[${row.verbs.join(' ')}]`,
    )
  return w.text()
}
