// ConfigMap and Secret. Source: pkg/apis/core/validation/validation.go.
import type { ConfigMap, Secret } from '../../../contract/kubernetes.ts'
import {
  type FieldError,
  fieldForbidden,
  fieldInvalid,
  fieldRequired,
  fieldTooLong,
  Path,
} from '../field-error.ts'
import { deepEqual } from '../store/deep-equal.ts'
import { byteLength, isConfigMapKey, nameIsDnsSubdomain } from './content.ts'
import { validateObjectMeta } from './object-meta.ts'

const maxSize = 1024 * 1024
const root = (name: string) => new Path(name)
const immutable = 'field is immutable when `immutable` is set'

export function validateConfigMap(map: ConfigMap): FieldError[] {
  return [...validateObjectMeta(map.metadata, true, nameIsDnsSubdomain), ...validateConfigMapData(map)]
}

function validateConfigMapData({ data = {}, binaryData = {} }: ConfigMap): FieldError[] {
  const errors: FieldError[] = []
  let size = 0
  for (const [key, value] of Object.entries(data)) {
    for (const text of isConfigMapKey(key)) errors.push(fieldInvalid(root('data').key(key), key, text))
    if (key in binaryData)
      errors.push(fieldInvalid(root('data').key(key), key, 'duplicate of key present in binaryData'))
    size += byteLength(value)
  }
  for (const [key, value] of Object.entries(binaryData)) {
    for (const text of isConfigMapKey(key)) errors.push(fieldInvalid(root('binaryData').key(key), key, text))
    size += Math.floor((value.length * 3) / 4)
  }
  if (size > maxSize) errors.push(fieldTooLong(root(''), maxSize))
  return errors
}

export function validateConfigMapUpdate(map: ConfigMap, old: ConfigMap): FieldError[] {
  const errors: FieldError[] = []
  if (old.immutable) {
    if (!map.immutable) errors.push(fieldForbidden(root('immutable'), immutable))
    if (!deepEqual(map.data, old.data)) errors.push(fieldForbidden(root('data'), immutable))
    if (!deepEqual(map.binaryData, old.binaryData)) errors.push(fieldForbidden(root('binaryData'), immutable))
  }
  return [...errors, ...validateConfigMapData(map)]
}

export function validateSecret(secret: Secret): FieldError[] {
  return [...validateObjectMeta(secret.metadata, true, nameIsDnsSubdomain), ...validateSecretData(secret)]
}

const tokenAnnotation = 'kubernetes.io/service-account.name'

function validateSecretData(secret: Secret): FieldError[] {
  const data = secret.data ?? {}
  const errors: FieldError[] = []
  let size = 0
  for (const [key, value] of Object.entries(data)) {
    for (const text of isConfigMapKey(key)) errors.push(fieldInvalid(root('data').key(key), key, text))
    size += Math.floor((value.length * 3) / 4)
  }
  if (size > maxSize) errors.push(fieldTooLong(root('data'), maxSize))
  const needs = (key: string) => {
    if (!(key in data)) errors.push(fieldRequired(root('data').key(key)))
  }
  switch (secret.type) {
    case 'kubernetes.io/service-account-token':
      if (!secret.metadata?.annotations?.[tokenAnnotation]) {
        errors.push(fieldRequired(root('metadata.annotations').key(tokenAnnotation)))
      }
      break
    case 'kubernetes.io/tls':
      needs('tls.crt')
      needs('tls.key')
      break
    case 'kubernetes.io/basic-auth':
      if (!('username' in data) && !('password' in data)) {
        needs('username')
        needs('password')
      }
      break
    case 'kubernetes.io/ssh-auth':
      if (!data['ssh-privatekey']) errors.push(fieldRequired(root('data').key('ssh-privatekey')))
      break
    case 'kubernetes.io/dockerconfigjson':
    case 'kubernetes.io/dockercfg':
      needs(secret.type.endsWith('json') ? '.dockerconfigjson' : '.dockercfg')
      break
  }
  return errors
}

export function validateSecretUpdate(secret: Secret, old: Secret): FieldError[] {
  const errors: FieldError[] = []
  if (secret.type !== old.type) errors.push(fieldInvalid(root('type'), secret.type, 'field is immutable'))
  if (old.immutable) {
    if (!secret.immutable) errors.push(fieldForbidden(root('immutable'), immutable))
    if (!deepEqual(secret.data, old.data)) errors.push(fieldForbidden(root('data'), immutable))
  }
  return [...errors, ...validateSecretData(secret)]
}
