// The learner's client certificate: CN=learner, O=fairlead:learners, signed by the cluster through its own API.
// https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/
import 'reflect-metadata'
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import * as x509 from '@peculiar/x509'
import { z } from 'zod'
import { AppError } from '../../../contract/errors.ts'
import { learnerGroup, learnerUser } from './learner.ts'

/** PEM. */
export interface LearnerIdentity {
  readonly certificate: string
  readonly key: string
}

type Kubernetes = (request: Request) => Promise<Response>

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const csrPath = '/apis/certificates.k8s.io/v1/certificatesigningrequests'
/** As long as the certificates that kubeadm gives: a cluster that was suspended for weeks still knows its learner. */
const validSeconds = 365 * 24 * 3600
const signedWithinMs = 30_000

const signedSchema = z.object({
  status: z
    .object({
      certificate: z.string().optional(),
      conditions: z.array(z.object({ type: z.string(), message: z.string().optional() })).default([]),
    })
    .default({ conditions: [] }),
})

/** `kubernetes` speaks as an administrator. Throws AppError PROVIDER_FAILED where the cluster does not sign. */
export async function createLearnerIdentity(
  kubernetes: Kubernetes,
  signal?: AbortSignal,
  user: string = learnerUser,
): Promise<LearnerIdentity> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [user] }, { O: [learnerGroup] }],
    keys,
    signingAlgorithm: algorithm,
  })
  const key = x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY')
  const certificate = await sign(kubernetes, request.toString('pem'), signal)
  return { certificate, key }
}

async function sign(kubernetes: Kubernetes, request: string, signal?: AbortSignal): Promise<string> {
  const name = `fairlead-learner-${randomBytes(4).toString('hex')}`
  const path = `${csrPath}/${name}`
  const csr = {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name },
    spec: {
      request: Buffer.from(request).toString('base64'),
      signerName: 'kubernetes.io/kube-apiserver-client',
      expirationSeconds: validSeconds,
      usages: ['client auth'],
    },
  }
  const condition = {
    type: 'Approved',
    status: 'True',
    reason: 'Fairlead',
    message: 'The learner of this cluster',
  }
  await send(kubernetes, 'POST', csrPath, csr, signal)
  await send(kubernetes, 'PUT', `${path}/approval`, { ...csr, status: { conditions: [condition] } }, signal)
  const certificate = await waitForCertificate(kubernetes, path, signal)
  await send(kubernetes, 'DELETE', path, undefined, signal)
  return certificate
}

async function waitForCertificate(
  kubernetes: Kubernetes,
  path: string,
  signal?: AbortSignal,
): Promise<string> {
  const until = performance.now() + signedWithinMs
  let last = 'nobody signed it; look at the log of kube-controller-manager'
  while (performance.now() < until) {
    const { status } = signedSchema.parse(await send(kubernetes, 'GET', path, undefined, signal))
    if (status.certificate !== undefined) return Buffer.from(status.certificate, 'base64').toString()
    const failed = status.conditions.find(({ type }) => type === 'Failed' || type === 'Denied')
    if (failed) {
      last = failed.message ?? failed.type
      break
    }
    await sleep(30, undefined, { signal })
  }
  throw new AppError('PROVIDER_FAILED', `The cluster gave the learner no certificate: ${last}.`, {
    hint: 'Start the cluster again.',
  })
}

async function send(
  kubernetes: Kubernetes,
  method: string,
  path: string,
  body: unknown,
  signal?: AbortSignal,
): Promise<unknown> {
  const response = await kubernetes(
    new Request(`http://cluster${path}`, {
      method,
      ...(signal && { signal }),
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    }),
  )
  const text = await response.text()
  if (response.ok) return JSON.parse(text)
  throw new AppError('PROVIDER_FAILED', `${method} ${path}: HTTP ${response.status}: ${text.slice(0, 500)}`, {
    hint: 'Start the cluster again.',
  })
}
