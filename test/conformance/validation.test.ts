// A sample of creations recorded from a real Kubernetes 1.37.2 API server, each a valid object mutated in one place, sent to the
// simulated one: status, message, causes and the defaulted object must be the same.
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { type ApiHandler, createApiHandler } from '../../sandbox-server/simulator/api/handler.ts'
import { createObjectStore } from '../../sandbox-server/simulator/api/object-store.ts'
import {
  namespaces,
  resourceTypes,
  serviceAccounts,
  storageClasses,
} from '../../sandbox-server/simulator/api/resources.ts'
import { SimulatedClock } from '../../sandbox-server/simulator/clock.ts'
import { seededRandom } from '../../sandbox-server/simulator/random.ts'

interface Case {
  base: string
  mutation: string
  given: { apiVersion: string; kind: string }
  status: number
  answer: Record<string, unknown>
  warning: string | null
}

const file = new URL('../fixtures/api/validation-sample.json', import.meta.url)
const cases = JSON.parse(readFileSync(file, 'utf8')) as Case[]

/** What differs between two runs on the same server. */
function clean(value: unknown): unknown {
  const text = JSON.stringify(value)
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uid>')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '<time>')
    .replace(/10\.96\.\d+\.\d+(?!\/)/g, '<service-ip>')
    .replace(/kube-api-access-[a-z0-9]{5}/g, 'kube-api-access-<id>')
    .replace(/"nodePort":\d+/g, '"nodePort":"<port>"')
  return JSON.parse(text)
}

let handle: ApiHandler

beforeAll(() => {
  const clock = new SimulatedClock(Date.parse('2026-11-24T12:00:00Z'))
  const store = createObjectStore({ clock, random: seededRandom(1) })
  store.create(namespaces, { metadata: { name: 'default' } })
  store.create(serviceAccounts, { metadata: { name: 'default', namespace: 'default' } })
  store.create(storageClasses, {
    metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'rancher.io/local-path',
  })
  handle = createApiHandler({ store })
})

function placeOf({ apiVersion, kind }: Case['given']): string {
  const [version = '', group = ''] = apiVersion.split('/').reverse()
  const type = resourceTypes.find(
    (one) => one.group === group && one.version === version && one.kind === kind,
  )
  if (!type) throw new Error(`no resource of kind ${kind}`)
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  return `${root}${type.namespaced ? '/namespaces/default' : ''}/${type.plural}`
}

describe('a creation is answered as the real server answers it', () => {
  test.each(cases.map((one) => [`${one.base}: ${one.mutation}`, one] as const))('%s', async (_, one) => {
    const query = 'dryRun=All&fieldValidation=Strict&fieldManager=recorder'
    const response = await handle(
      new Request(`https://api.test${placeOf(one.given)}?${query}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify(one.given),
      }),
    )
    const body = (await response.json()) as Record<string, unknown>
    const { message, reason, details } = body
    const refusal = Object.fromEntries(
      Object.entries({ message, reason, details }).filter(([, value]) => value !== undefined),
    )
    expect({
      status: response.status,
      warning: response.headers.get('warning'),
      answer: clean(response.status < 300 ? body : refusal),
    }).toEqual({ status: one.status, warning: one.warning, answer: clean(one.answer) })
  })
})
