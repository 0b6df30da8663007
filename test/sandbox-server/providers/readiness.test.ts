import { describe, expect, it } from 'vitest'
import { parseWaitFor, whyNotReady } from '../../../sandbox-server/providers/readiness.ts'

describe('readiness', () => {
  it('is told of an object by its namespace, kind and name', () => {
    expect(parseWaitFor('pod/client', 'demo')).toEqual({ namespace: 'demo', kind: 'pod', name: 'client' })
    expect(parseWaitFor('a/pod/client', 'demo').namespace).toBe('a')
    for (const wrong of ['client', 'a/b/c/d', 'pod/', '/client'])
      expect(() => parseWaitFor(wrong, 'demo')).toThrow('is neither kind/name nor namespace/kind/name')
  })

  const status = { observedGeneration: 2, replicas: 1, updatedReplicas: 1, availableReplicas: 1 }
  const set = {
    observedGeneration: 1,
    desiredNumberScheduled: 2,
    updatedNumberScheduled: 2,
    numberAvailable: 2,
  }
  it.each<[string, object | undefined, string | undefined]>([
    ['Pod', undefined, 'does not exist yet'],
    ['Pod', {}, 'is not Ready yet'],
    [
      'Node',
      { status: { conditions: [{ type: 'Ready', status: 'False', message: 'no plugin' }] } },
      'no plugin',
    ],
    ['Node', { status: { conditions: [{ type: 'Ready', status: 'True' }] } }, undefined],
    ['Deployment', { metadata: { generation: 3 }, status }, 'has not been looked at yet'],
    [
      'Deployment',
      { metadata: { generation: 2 }, status: { ...status, replicas: 2 } },
      'there are 2 pods in place of 1',
    ],
    ['Deployment', { metadata: { generation: 2 }, spec: { replicas: 1 }, status }, undefined],
    ['DaemonSet', { metadata: { generation: 1 } }, 'has not been looked at yet'],
    [
      'DaemonSet',
      { metadata: { generation: 1 }, status: { ...set, numberAvailable: 1 } },
      '1 of 2 pods are available',
    ],
    ['DaemonSet', { metadata: { generation: 1 }, status: set }, undefined],
    [
      'StatefulSet',
      { metadata: { generation: 1 }, status: { observedGeneration: 1 } },
      '0 of 1 pods are available',
    ],
    ['ConfigMap', {}, undefined],
  ])('of a %s %j: %s', (kind, object, reason) => {
    expect(whyNotReady(kind, object)).toBe(reason)
  })
})
