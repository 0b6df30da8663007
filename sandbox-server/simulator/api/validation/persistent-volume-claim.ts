// PersistentVolumeClaim. Source: pkg/apis/core/validation/validation.go (ValidatePersistentVolumeClaimSpec).
import type { PersistentVolumeClaim } from 'kubernetes-types/core/v1'
import { type FieldError, fieldInvalid, fieldNotSupported, fieldRequired, Path } from '../field-error.ts'
import { parseQuantity } from '../schema/quantity.ts'
import { isDns1123Subdomain, nameIsDnsSubdomain } from './content.ts'
import { validateObjectMeta } from './object-meta.ts'

const modes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']

export function validateClaim(claim: PersistentVolumeClaim): FieldError[] {
  const errors = validateObjectMeta(claim.metadata, true, nameIsDnsSubdomain)
  const path = new Path('spec')
  const { accessModes = [], resources, storageClassName, volumeMode } = claim.spec ?? {}
  const at = path.child('accessModes')
  if (accessModes.length === 0) errors.push(fieldRequired(at, 'at least 1 access mode is required'))
  for (const mode of accessModes) if (!modes.includes(mode)) errors.push(fieldNotSupported(at, mode, modes))
  if (accessModes.includes('ReadWriteOncePod') && accessModes.length > 1) {
    errors.push({
      ...fieldRequired(at),
      type: 'FieldValueForbidden',
      detail: 'may not use ReadWriteOncePod with other access modes',
    })
  }
  const storage = resources?.requests?.storage
  const storagePath = path.child('resources').key('storage')
  if (storage === undefined) errors.push(fieldRequired(storagePath))
  else if ((parseQuantity(storage)?.nano ?? 0n) <= 0n) {
    errors.push(fieldInvalid(storagePath, storage, 'must be greater than zero'))
  }
  if (storageClassName) {
    for (const text of isDns1123Subdomain(storageClassName)) {
      errors.push(fieldInvalid(path.child('storageClassName'), storageClassName, text))
    }
  }
  if (volumeMode !== undefined && volumeMode !== 'Block' && volumeMode !== 'Filesystem') {
    errors.push(fieldNotSupported(path.child('volumeMode'), volumeMode, ['Block', 'Filesystem']))
  }
  return errors
}
