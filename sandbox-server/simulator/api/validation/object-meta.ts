// metadata, on creation and on update.
// Source: apimachinery/pkg/api/validation/objectmeta.go, pkg/apis/meta/v1/validation/validation.go.
import type { LabelSelector, ObjectMeta, OwnerReference } from '../../../contract/kubernetes.ts'
import {
  type FieldError,
  fieldForbidden,
  fieldInvalid,
  fieldRequired,
  fieldTooLong,
  Path,
} from '../field-error.ts'
import { deepEqual } from '../store/deep-equal.ts'
import {
  byteLength,
  isDns1123Label,
  isLabelValue,
  isQualifiedName,
  type NameRule,
  nameIsPathSegment,
} from './content.ts'

type Metadata = ObjectMeta | Record<string, unknown>
const metadataPath = new Path('metadata')

export function validateLabelName(key: string, path: Path): FieldError[] {
  return isQualifiedName(key).map((text) => fieldInvalid(path, key, text))
}

export function validateLabels(
  labels: Readonly<Record<string, string>> | undefined,
  path: Path,
): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...validateLabelName(key, path),
    ...isLabelValue(value).map((text) => fieldInvalid(path, value, text)),
  ])
}

export function validateAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
  path: Path,
): FieldError[] {
  const entries = Object.entries(annotations ?? {})
  const errors = entries.flatMap(([key]) =>
    isQualifiedName(key.toLowerCase()).map((text) => fieldInvalid(path, key, text)),
  )
  const size = entries.reduce((sum, [key, value]) => sum + byteLength(key) + byteLength(value), 0)
  if (size > 256 * 1024) errors.push(fieldTooLong(path, 256 * 1024))
  return errors
}

function validateOwner(owner: OwnerReference, path: Path): FieldError[] {
  const errors: FieldError[] = []
  const version = owner.apiVersion ?? ''
  if (version === '') errors.push(fieldRequired(path.child('apiVersion'), 'must not be empty'))
  else if (version.split('/').length > 2 || version.endsWith('/')) {
    errors.push(fieldInvalid(path.child('apiVersion'), version, 'must be <group>/<version> or <version>'))
  }
  for (const name of ['kind', 'name', 'uid'] as const) {
    if (!owner[name]) errors.push(fieldRequired(path.child(name), 'must not be empty'))
  }
  if (version === 'v1' && owner.kind === 'Event') {
    errors.push(fieldInvalid(path, owner, '/v1, Kind=Event is disallowed from being an owner'))
  }
  return errors
}

function validateOwners(owners: readonly OwnerReference[], path: Path): FieldError[] {
  let controller = ''
  return owners.flatMap((owner, index) => {
    const errors = validateOwner(owner, path.index(index))
    if (owner.controller && controller !== '') {
      const why = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${owner.kind}/${owner.name}`
      errors.push(fieldInvalid(path, owners, why))
    } else if (owner.controller) controller = `${owner.kind}/${owner.name}`
    return errors
  })
}

export function validateFinalizers(finalizers: readonly string[], path: Path): FieldError[] {
  const errors = finalizers.flatMap((name) =>
    isQualifiedName(name).map((text) => fieldInvalid(path, name, text)),
  )
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.push(fieldInvalid(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'))
  }
  return errors
}

function validateCommon(metadata: ObjectMeta, namespaced: boolean, path: Path): FieldError[] {
  const errors: FieldError[] = []
  if (namespaced) {
    if (!metadata.namespace) errors.push(fieldRequired(path.child('namespace')))
    else {
      for (const text of isDns1123Label(metadata.namespace)) {
        errors.push(fieldInvalid(path.child('namespace'), metadata.namespace, text))
      }
    }
  } else if (metadata.namespace)
    errors.push(fieldForbidden(path.child('namespace'), 'not allowed on this type'))
  return [
    ...errors,
    ...validateLabels(metadata.labels, path.child('labels')),
    ...validateAnnotations(metadata.annotations, path.child('annotations')),
    ...validateOwners(metadata.ownerReferences ?? [], path.child('ownerReferences')),
    ...validateFinalizers(metadata.finalizers ?? [], path.child('finalizers')),
  ]
}

/** ValidateObjectMeta: on creation, with a name already generated. */
export function validateObjectMeta(
  metadata: ObjectMeta | undefined,
  namespaced: boolean,
  rule: NameRule,
  path: Path = metadataPath,
): FieldError[] {
  const errors: FieldError[] = []
  const { generateName, name } = metadata ?? {}
  if (generateName) {
    for (const text of rule(generateName, true))
      errors.push(fieldInvalid(path.child('generateName'), generateName, text))
  }
  if (!name) errors.push(fieldRequired(path.child('name'), 'name or generateName is required'))
  else for (const text of rule(name, false)) errors.push(fieldInvalid(path.child('name'), name, text))
  return [...errors, ...validateCommon(metadata ?? {}, namespaced, path)]
}

/** For resources without rules of their own. */
export function validateMetadata(metadata: Metadata, namespaced: boolean): FieldError[] {
  return validateObjectMeta(metadata as ObjectMeta, namespaced, nameIsPathSegment)
}

export function validateMetadataUpdate(now: Metadata, before: Metadata, namespaced: boolean): FieldError[] {
  const metadata = now as ObjectMeta
  const old = before as ObjectMeta
  const path = metadataPath
  const errors: FieldError[] = []
  if (old.deletionTimestamp) {
    const extra = (metadata.finalizers ?? []).filter((name) => !old.finalizers?.includes(name)).sort()
    if (extra.length > 0) {
      const listed = extra.map((name) => JSON.stringify(name)).join(', ')
      const why = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${listed}}`
      errors.push(fieldForbidden(path.child('finalizers'), why))
    }
  }
  for (const name of ['name', 'namespace'] as const) {
    if (!deepEqual(metadata[name], old[name])) {
      errors.push(fieldInvalid(path.child(name), metadata[name], 'field is immutable'))
    }
  }
  return [...errors, ...validateCommon(metadata, namespaced, path)]
}

const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist']

/** metav1.LabelSelector. */
export function validateLabelSelector(
  selector: LabelSelector | undefined,
  path: Path,
  options: { allowInvalidValues?: boolean } = {},
): FieldError[] {
  if (!selector) return []
  const errors = validateLabels(selector.matchLabels, path.child('matchLabels'))
  for (const [index, requirement] of (selector.matchExpressions ?? []).entries()) {
    const at = path.child('matchExpressions').index(index)
    const { key, operator, values = [] } = requirement
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) {
        errors.push(fieldRequired(at.child('values'), "must be specified when `operator` is 'In' or 'NotIn'"))
      }
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) {
        errors.push(
          fieldForbidden(
            at.child('values'),
            "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
          ),
        )
      }
    } else if (!operators.includes(operator)) {
      errors.push(fieldInvalid(at.child('operator'), operator ?? '', 'not a valid selector operator'))
    }
    errors.push(...validateLabelName(key ?? '', at.child('key')))
    if (!options.allowInvalidValues) {
      for (const [valueIndex, value] of values.entries()) {
        for (const text of isLabelValue(value)) {
          errors.push(fieldInvalid(at.child('values').index(valueIndex), value, text))
        }
      }
    }
  }
  return errors
}
