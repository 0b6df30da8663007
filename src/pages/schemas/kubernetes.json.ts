// The manifests' JSON Schema as a file, made at build time from the schemas that the simulated API server itself serves.
import { readFileSync } from 'node:fs'
import { manifestSchema } from '../../editor/kubernetes-schema.ts'

const data = 'sandbox-server/simulator/api/data'
const read = (file: string) => JSON.parse(readFileSync(`${data}/${file}`, 'utf8'))

export function GET(): Response {
  const schemas = read('schemas.generated.json')
  const descriptions = read('descriptions.generated.json')
  return Response.json(manifestSchema(schemas, (name) => descriptions[name] ?? {}))
}
