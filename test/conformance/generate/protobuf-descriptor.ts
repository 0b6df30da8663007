// Turns Kubernetes' generated.proto files into one protobufjs JSON descriptor, without comments and options.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import protobuf from 'protobufjs'

interface Descriptor {
  nested?: Record<string, Descriptor>
}

/** Descriptor of every message of the given Go modules (k8s.io/api, k8s.io/apimachinery); alpha and beta only where GA uses them. */
export function protobufDescriptor(...modules: string[]): unknown {
  const root = new protobuf.Root()
  for (const folder of modules) {
    for (const file of protoFiles(folder, '')) {
      protobuf.parse(readFileSync(join(folder, file), 'utf8').replaceAll(/^import .*$/gm, ''), root, {
        keepCase: true,
      })
    }
  }
  root.resolveAll()
  const descriptor = root.toJSON({ keepComments: false }) as Descriptor
  const groups = descriptor.nested?.k8s?.nested?.io?.nested?.api?.nested ?? {}
  for (const [group, { nested: versions }] of Object.entries(groups)) {
    for (const version of Object.keys(versions ?? {})) {
      if (!versions || !/alpha|beta/.test(version)) continue
      const { [version]: own, ...others } = versions
      const rest = JSON.stringify([others, Object.entries(groups).filter(([name]) => name !== group)])
      if (own && !rest.includes(`${group}.${version}.`)) delete versions[version]
    }
  }
  return descriptor
}

function protoFiles(folder: string, path: string): string[] {
  return readdirSync(join(folder, path), { withFileTypes: true }).flatMap((entry) => {
    const below = join(path, entry.name)
    if (entry.isDirectory()) return entry.name === 'testdata' ? [] : protoFiles(folder, below)
    return entry.name === 'generated.proto' ? [below] : []
  })
}
