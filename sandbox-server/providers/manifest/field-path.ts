// Field paths as the API server writes them, read back: `spec.ports[0].port`, `metadata.labels[app.kubernetes.io/name]`.
// The writers are k8s.io/apimachinery/pkg/util/validation/field (path.go) and, for server-side apply, fieldpath of
// structured-merge-diff, which names an item of a list by its keys: `spec.ports[port="80",protocol="TCP"].port`.

/** A key, an index, or the keys of an item in a list. */
export type FieldStep = string | number | Readonly<Record<string, string>>

export function parseFieldPath(path: string): FieldStep[] {
  const steps: FieldStep[] = []
  for (const match of path.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)) {
    const [, index, name] = match
    if (name !== undefined) steps.push(name)
    else if (index !== undefined) steps.push(indexStep(index))
  }
  return steps
}

function indexStep(index: string): FieldStep {
  if (/^\d+$/.test(index)) return Number(index)
  const keys = [...index.matchAll(/([\w.-]+)=("(?:[^"\\]|\\.)*"|[^,]+)/g)]
  if (keys.length === 0) return index.replace(/^"(.*)"$/, '$1')
  return Object.fromEntries(keys.map(([, key = '', value = '']) => [key, value.replace(/^"(.*)"$/, '$1')]))
}

export interface FieldError {
  readonly field: string
  readonly message: string
}

/** The fields that a refusal speaks of: a Status's causes, or the paths in the message of strict decoding. */
export function fieldErrors(status: {
  readonly message?: string
  readonly details?: { readonly causes?: readonly { readonly field?: string; readonly message?: string }[] }
}): FieldError[] {
  const causes = (status.details?.causes ?? []).flatMap(({ field, message }) =>
    field === undefined || field === '' ? [] : [{ field, message: message ?? status.message ?? '' }],
  )
  if (causes.length > 0) return causes
  const message = status.message ?? ''
  // "unknown field "spec.selectr"" of strict decoding, ".spec.selectr: field not declared in schema" of server-side apply.
  const strict = [...message.matchAll(/(?:unknown|duplicate) field "([^"]+)"/g)]
  const typed = [...message.matchAll(/(?:^|[\s:])\.((?:[\w./-]|\[[^\]]*\])+): ([^;\n]+)/g)]
  // Go's JSON decoder names the struct, then the path without indexes: "into Go struct field ServicePort.spec.ports.port of type".
  const decoded = [
    ...message.matchAll(/(json: cannot unmarshal (\S+)) into Go struct field \w+\.(\S+) of type (\S+)/g),
  ]
  return [
    ...decoded.map(([, , found, field, wanted]) => ({
      field: field ?? '',
      message: `${found} where ${wanted} belongs`,
    })),
    ...strict.map(([text, field]) => ({ field: field ?? '', message: text })),
    ...typed.map(([, field, text]) => ({ field: field ?? '', message: text ?? '' })),
  ]
}
