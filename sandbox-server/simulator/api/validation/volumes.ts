// Volumes of a pod. Source: pkg/apis/core/validation/validation.go (ValidateVolumes).
import type { PodSpec } from '../../../contract/kubernetes.ts'
import { type Item, itemsAt, objectAt } from '../defaults/fill.ts'
import {
  type FieldError,
  fieldDuplicate,
  fieldForbidden,
  fieldInvalid,
  fieldRequired,
  type Path,
} from '../field-error.ts'
import { isDns1123Label } from './content.ts'

type Volumes = NonNullable<PodSpec['volumes']>

/** Sources with the member that each of them needs. */
const needed: Record<string, string> = {
  configMap: 'name',
  secret: 'secretName',
  hostPath: 'path',
  persistentVolumeClaim: 'claimName',
}

export function validateVolumes(volumes: Volumes, path: Path): { names: Set<string>; errors: FieldError[] } {
  const errors: FieldError[] = []
  const names = new Set<string>()
  for (const [index, volume] of volumes.entries()) {
    const at = path.index(index)
    const item = volume as unknown as Item
    const found = validateSource(item, at)
    const name = volume.name ?? ''
    if (name === '') found.push(fieldRequired(at.child('name')))
    else for (const text of isDns1123Label(name)) found.push(fieldInvalid(at.child('name'), name, text))
    if (names.has(name)) found.push(fieldDuplicate(at.child('name'), name))
    if (found.length === 0) names.add(name)
    errors.push(...found)
  }
  return { names, errors }
}

function validateSource(volume: Item, path: Path): FieldError[] {
  const errors: FieldError[] = []
  const sources = Object.keys(volume).filter((key) => key !== 'name')
  for (const extra of sources.slice(1))
    errors.push(fieldForbidden(path.child(extra), 'may not specify more than 1 volume type'))
  for (const source of sources) {
    const value = objectAt(volume, source)
    const member = needed[source]
    if (member && !value?.[member]) errors.push(fieldRequired(path.child(source, member)))
    const mode = value?.defaultMode
    if (typeof mode === 'number' && (mode < 0 || mode > 0o777)) {
      const why = 'must be a number between 0 and 0777 (octal), both inclusive'
      errors.push(fieldInvalid(path.child(source, 'defaultMode'), mode, why))
    }
    for (const [index, item] of itemsAt(value, 'items').entries()) {
      const at = path.child(source, 'items').index(index)
      if (source !== 'downwardAPI' && !item.key) errors.push(fieldRequired(at.child('key')))
      if (!item.path) errors.push(fieldRequired(at.child('path')))
      else errors.push(...validateRelative(String(item.path), at.child('path')))
    }
  }
  return errors
}

function validateRelative(target: string, path: Path): FieldError[] {
  if (target.startsWith('/')) return [fieldInvalid(path, target, 'must be a relative path')]
  if (target.split('/').includes('..')) return [fieldInvalid(path, target, "must not contain '..'")]
  return target.startsWith('..') ? [fieldInvalid(path, target, "must not start with '..'")] : []
}
