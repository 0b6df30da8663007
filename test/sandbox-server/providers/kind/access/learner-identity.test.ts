import 'reflect-metadata'
import { createPrivateKey } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import { describe, expect, it } from 'vitest'
import { createLearnerIdentity } from '../../../../../sandbox-server/providers/kind/access/learner-identity.ts'

interface Asked {
  readonly request: string
  readonly signerName: string
  readonly usages: readonly string[]
}

/** An API that signs after it was asked `polls` times. */
function fakeApi({ polls = 2, refusal }: { polls?: number; refusal?: object } = {}) {
  const calls: { call: string; body?: { spec: Asked } }[] = []
  let asked = 0
  const kubernetes = async (request: Request): Promise<Response> => {
    const call = `${request.method} ${new URL(request.url).pathname}`.replace(/-[0-9a-f]{8}/, '-ID')
    const text = await request.text()
    calls.push({ call, ...(text && { body: JSON.parse(text) }) })
    if (request.method !== 'GET') return Response.json({})
    asked++
    if (refusal) return Response.json({ status: { conditions: [refusal] } })
    const certificate = Buffer.from('PEM').toString('base64')
    return Response.json(asked < polls ? { status: {} } : { status: { certificate } })
  }
  return { kubernetes, calls }
}

const csrs = '/apis/certificates.k8s.io/v1/certificatesigningrequests'

describe('the learner’s identity', () => {
  it('is asked for by name and group, approved, waited for, and the request removed', async () => {
    const { kubernetes, calls } = fakeApi()
    const { certificate, key } = await createLearnerIdentity(kubernetes)
    expect(certificate).toBe('PEM')
    expect(createPrivateKey(key).asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' })
    expect(calls.map(({ call }) => call)).toEqual([
      `POST ${csrs}`,
      `PUT ${csrs}/fairlead-learner-ID/approval`,
      `GET ${csrs}/fairlead-learner-ID`,
      `GET ${csrs}/fairlead-learner-ID`,
      `DELETE ${csrs}/fairlead-learner-ID`,
    ])
    const spec = calls[0]?.body?.spec
    expect(spec).toMatchObject({ signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] })
    const request = new x509.Pkcs10CertificateRequest(Buffer.from(spec?.request ?? '', 'base64').toString())
    expect(request.subject).toBe('CN=learner, O=fairlead:learners')
    expect(await request.verify()).toBe(true)
  })

  it('gives the signer’s own reason where it refuses', async () => {
    const { kubernetes } = fakeApi({ refusal: { type: 'Failed', message: 'no such signer' } })
    await expect(createLearnerIdentity(kubernetes)).rejects.toThrow(
      'The cluster gave the learner no certificate: no such signer.',
    )
  })
})
