// Probes and lifecycle handlers. Source: pkg/apis/core/validation/validation.go (validateProbe, validateHandler).
import type { Container, Probe } from '../../../contract/kubernetes.ts'
import { type Item, objectAt } from '../defaults/fill.ts'
import {
  type FieldError,
  fieldForbidden,
  fieldInvalid,
  fieldNotSupported,
  fieldRequired,
  type Path,
} from '../field-error.ts'
import { isHttpHeaderName, isValidPortNumber } from './content.ts'
import { validateNonnegative } from './numbers.ts'
import { validatePortNumberOrName } from './service.ts'

const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep']

export function validateProbe(probe: Probe | undefined, path: Path, mustSucceedOnce: boolean): FieldError[] {
  if (!probe) return []
  const item = probe as unknown as Item
  const errors = validateHandler(item, path, 30)
  for (const name of [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ] as const) {
    errors.push(...validateNonnegative(probe[name], path.child(name)))
  }
  const grace = probe.terminationGracePeriodSeconds
  if (grace !== undefined && grace <= 0) {
    errors.push(fieldInvalid(path.child('terminationGracePeriodSeconds'), grace, 'must be greater than 0'))
  }
  if (mustSucceedOnce && probe.successThreshold !== undefined && probe.successThreshold !== 1) {
    errors.push(fieldInvalid(path.child('successThreshold'), probe.successThreshold, 'must be 1'))
  }
  return errors
}

export function validateLifecycle(
  lifecycle: Container['lifecycle'],
  grace: number,
  path: Path,
): FieldError[] {
  return (['postStart', 'preStop'] as const).flatMap((name) => {
    const handler = lifecycle?.[name]
    return handler ? validateHandler(handler as unknown as Item, path.child(name), grace) : []
  })
}

function validateHandler(handler: Item, path: Path, grace: number): FieldError[] {
  const errors: FieldError[] = []
  const given = handlers.filter((name) => handler[name] !== undefined)
  for (const [index, name] of given.entries()) {
    if (index > 0) errors.push(fieldForbidden(path.child(name), 'may not specify more than 1 handler type'))
    else errors.push(...validateOne(name, objectAt(handler, name) ?? {}, path.child(name), grace))
  }
  if (given.length === 0) errors.push(fieldRequired(path, 'must specify a handler type'))
  return errors
}

function validateOne(kind: string, action: Item, path: Path, grace: number): FieldError[] {
  const port = (action.port ?? 0) as number | string
  switch (kind) {
    case 'exec':
      return (action.command as unknown[] | undefined)?.length ? [] : [fieldRequired(path.child('command'))]
    case 'tcpSocket':
      return validatePortNumberOrName(port, path.child('port'))
    case 'grpc':
      return isValidPortNumber(Number(port)).map((text) => fieldInvalid(path.child('port'), port, text))
    case 'sleep': {
      const seconds = Number(action.seconds ?? 0)
      if (seconds >= 0 && seconds <= grace) return []
      const why = `must be non-negative and less than terminationGracePeriodSeconds (${grace})`
      return [fieldInvalid(path, seconds, why)]
    }
    default: {
      const errors: FieldError[] = []
      if (!action.path) errors.push(fieldRequired(path.child('path')))
      errors.push(...validatePortNumberOrName(port, path.child('port')))
      const scheme = String(action.scheme ?? 'HTTP')
      if (scheme !== 'HTTP' && scheme !== 'HTTPS') {
        errors.push(fieldNotSupported(path.child('scheme'), scheme, ['HTTP', 'HTTPS']))
      }
      for (const [index, header] of ((action.httpHeaders ?? []) as { name?: string }[]).entries()) {
        for (const text of isHttpHeaderName(header.name ?? '')) {
          errors.push(
            fieldInvalid(path.child('httpHeaders').index(index).child('name'), header.name ?? '', text),
          )
        }
      }
      return errors
    }
  }
}
