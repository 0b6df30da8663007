// serviceaccounts/token. The token is a JWT in form; its signature is random, since nothing in a simulated cluster checks it.
// Source: pkg/registry/core/serviceaccount/storage/token.go.
import { methodUnknown, notFound } from '../../api-error.ts'
import type { Call } from '../../handler.ts'
import { serviceAccounts } from '../../resources.ts'
import { timestamp } from '../../store/deep-equal.ts'
import { readPlain } from '../body.ts'
import { json } from '../respond.ts'

const audience = 'https://kubernetes.default.svc.cluster.local'

interface TokenRequest {
  spec?: { audiences?: string[]; expirationSeconds?: number; boundObjectRef?: unknown }
}

export async function createToken(call: Call): Promise<Response> {
  const { store, target, request } = call
  const { namespace, name = '' } = target
  if (request.method !== 'POST') throw methodUnknown()
  const account = store.get(serviceAccounts, { namespace, name })
  if (!account) throw notFound(serviceAccounts, name)
  const { spec = {} } = ((await readPlain(request)) ?? {}) as TokenRequest
  const seconds = spec.expirationSeconds ?? 3600
  const issued = Math.floor(store.clock.now() / 1000)
  const audiences = spec.audiences?.length ? spec.audiences : [audience]
  const claims = {
    aud: audiences,
    exp: issued + seconds,
    iat: issued,
    iss: audience,
    jti: store.random.uuid(),
    'kubernetes.io': { namespace, serviceaccount: { name, uid: account.metadata.uid } },
    nbf: issued,
    sub: `system:serviceaccount:${namespace}:${name}`,
  }
  const part = (value: unknown) =>
    btoa(typeof value === 'string' ? value : JSON.stringify(value))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', '')
  const signature = Array.from({ length: 256 }, () => String.fromCharCode(store.random.integer(256))).join('')
  const header = { alg: 'RS256', kid: 'simulated' }
  return json(
    {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name, namespace, creationTimestamp: timestamp(store.clock.now()) },
      spec: { audiences, expirationSeconds: seconds, boundObjectRef: spec.boundObjectRef ?? null },
      status: {
        token: `${part(header)}.${part(claims)}.${part(signature)}`,
        expirationTimestamp: timestamp((issued + seconds) * 1000),
      },
    },
    201,
  )
}
