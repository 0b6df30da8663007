// CustomResourceDefinition. Its names are accepted and it is established as it is created, where a controller of the real
// server takes a moment. Source: apiextensions-apiserver/pkg/registry/customresourcedefinition/strategy.go,
// pkg/apis/apiextensions/v1/defaults.go.
import { fill, fillUnset, type Item, objectAt } from '../defaults/fill.ts'
import { type FieldError, fieldInvalid, fieldNotSupported, fieldRequired, Path } from '../field-error.ts'
import type { CustomResourceDefinition } from '../resources.ts'
import { timestamp } from '../store/deep-equal.ts'
import type { Strategy } from '../strategy.ts'
import { isDns1035Label, isDns1123Subdomain, nameIsDnsSubdomain } from '../validation/content.ts'
import { validateObjectMeta } from '../validation/object-meta.ts'

export const customResourceDefinitionStrategy: Strategy<CustomResourceDefinition> = {
  generation: true,
  defaultObject(crd) {
    const spec = objectAt(crd as unknown as Item, 'spec')
    const names = objectAt(spec, 'names')
    fillUnset(spec, { conversion: {} })
    fill(objectAt(spec, 'conversion'), { strategy: 'None' })
    if (names?.kind)
      fill(names, { singular: String(names.kind).toLowerCase(), listKind: `${String(names.kind)}List` })
  },
  prepareForCreate(crd, { clock, dryRun }) {
    const storedVersions = (crd.spec?.versions ?? []).filter((one) => one.storage).map((one) => one.name)
    const nothing = { acceptedNames: { kind: '', plural: '' }, conditions: null, storedVersions }
    if (dryRun) {
      Object.assign(crd, { status: nothing })
      return
    }
    const lastTransitionTime = timestamp(clock.now())
    const condition = (type: string, reason: string, message: string) => ({
      type,
      status: 'True',
      lastTransitionTime,
      reason,
      message,
    })
    Object.assign(crd, {
      status: {
        acceptedNames: crd.spec?.names,
        conditions: [
          condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
          condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
        ],
        storedVersions,
      },
    })
  },
  validateObject: validateDefinition,
  validateUpdate: (crd) => validateSpec(crd),
}

function validateDefinition(crd: CustomResourceDefinition): FieldError[] {
  const errors = validateObjectMeta(crd.metadata, false, nameIsDnsSubdomain)
  const wanted = `${crd.spec?.names?.plural ?? ''}.${crd.spec?.group ?? ''}`
  if (crd.metadata?.name && crd.metadata.name !== wanted) {
    const why = `must be spec.names.plural+"."+spec.group`
    errors.push(fieldInvalid(new Path('metadata.name'), crd.metadata.name, why))
  }
  return [...errors, ...validateSpec(crd)]
}

function validateSpec({ spec }: CustomResourceDefinition): FieldError[] {
  const path = new Path('spec')
  const errors: FieldError[] = []
  const group = spec?.group ?? ''
  if (group === '') errors.push(fieldRequired(path.child('group')))
  else {
    for (const text of isDns1123Subdomain(group)) errors.push(fieldInvalid(path.child('group'), group, text))
    if (!group.includes('.')) {
      errors.push(fieldInvalid(path.child('group'), group, 'should be a domain with at least one dot'))
    }
  }
  const scope = spec?.scope ?? ''
  if (scope !== 'Cluster' && scope !== 'Namespaced') {
    errors.push(
      (scope as string) === ''
        ? fieldRequired(path.child('scope'))
        : fieldNotSupported(path.child('scope'), scope, ['Cluster', 'Namespaced']),
    )
  }
  const versions = spec?.versions ?? []
  if (versions.filter((one) => one.storage).length !== 1) {
    const why = 'must have exactly one version marked as storage version'
    errors.push(fieldInvalid(path.child('versions'), versions, why))
  }
  for (const [index, version] of versions.entries()) {
    const at = path.child('versions').index(index)
    for (const text of isDns1035Label(version.name ?? ''))
      errors.push(fieldInvalid(at.child('name'), version.name ?? '', text))
    if (!version.schema?.openAPIV3Schema) {
      errors.push(fieldRequired(at.child('schema', 'openAPIV3Schema'), 'schemas are required'))
    }
  }
  const names = spec?.names
  for (const name of ['plural', 'singular', 'kind', 'listKind'] as const) {
    const value = names?.[name] ?? ''
    const at = path.child('names', name)
    if (value === '') errors.push(fieldRequired(at))
    else for (const text of isDns1035Label(value.toLowerCase())) errors.push(fieldInvalid(at, value, text))
  }
  for (const [index, name] of (names?.shortNames ?? []).entries()) {
    const at = path.child('names', 'shortNames').index(index)
    for (const text of isDns1035Label(name)) errors.push(fieldInvalid(at, name, text))
  }
  return errors
}
