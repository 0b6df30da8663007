// What `docker ps` in a learner's terminal shows: the nodes of its own cluster, by Kubernetes' names.
import type { ClusterRecord } from '../cluster-record.ts'
import type { ContainerEngine } from '../engine/engine.ts'

const heads = ['CONTAINER ID', 'IMAGE', 'STATUS', 'NAMES']

export async function listNodes(
  engine: ContainerEngine,
  { nodes }: Pick<ClusterRecord, 'nodes'>,
): Promise<string> {
  const format = '{{.ID}}\t{{.Image}}\t{{.Status}}\t{{.Names}}'
  const filters = nodes.flatMap(({ container }) => ['--filter', `name=${container}`])
  const listed = await engine.run(['ps', ...filters, '--format', format])
  const rows = listed.split('\n').flatMap((line) => {
    const [id = '', image = '', status = '', container] = line.split('\t')
    // The engine's filter finds parts of names, too.
    const node = nodes.find((each) => each.container === container)
    return node ? [[id.slice(0, 12), image, status, node.name]] : []
  })
  const table = [heads, ...rows]
  const widths = heads.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)))
  return table
    .map((row) =>
      row.map((cell, column) => (column === 3 ? cell : cell.padEnd((widths[column] ?? 0) + 3))).join(''),
    )
    .map((line) => `${line}\n`)
    .join('')
}
