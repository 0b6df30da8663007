// The patch of kubectl apply. Expectations after apimachinery/pkg/util/strategicpatch/patch_test.go.
import { describe, expect, test } from 'vitest'
import type { Schema } from '../../../../sandbox-server/simulator/kubectl/patch/schema.ts'
import {
  threeWayMergePatch,
  threeWayStrategicPatch,
} from '../../../../sandbox-server/simulator/kubectl/patch/three-way.ts'

const container = {
  properties: {
    env: { 'x-kubernetes-patch-strategy': 'merge', 'x-kubernetes-patch-merge-key': 'name', items: {} },
  },
}
const schema: Schema = {
  definitions: { Container: container },
  definition: {
    properties: {
      containers: {
        'x-kubernetes-patch-strategy': 'merge',
        'x-kubernetes-patch-merge-key': 'name',
        items: { $ref: '#/components/schemas/Container' },
      },
      finalizers: { 'x-kubernetes-patch-strategy': 'merge' },
      strategy: { 'x-kubernetes-patch-strategy': 'retainKeys', properties: {} },
    },
  },
}

describe('a strategic merge patch', () => {
  test('sets what changed, removes what was applied and is no more, keeps what others set', () => {
    const original = { a: '1', gone: 'x' }
    const modified = { a: '2' }
    const current = { a: '1', gone: 'x', theirs: 'y' }
    expect(threeWayStrategicPatch(original, modified, current, schema)).toEqual({ a: '2', gone: null })
  })

  test('merges lists by their key, deletes items and puts new ones in order', () => {
    const original = {
      containers: [
        { name: 'old', image: 'o' },
        { name: 'web', image: 'w:1' },
      ],
    }
    const modified = {
      containers: [
        { name: 'first', image: 'f' },
        { name: 'web', image: 'w:2' },
      ],
    }
    const current = {
      containers: [
        { name: 'old', image: 'o' },
        { name: 'web', image: 'w:1', tty: true },
        { name: 'injected' },
      ],
    }
    expect(threeWayStrategicPatch(original, modified, current, schema)).toEqual({
      containers: [
        { name: 'first', image: 'f' },
        { name: 'web', image: 'w:2' },
        { $patch: 'delete', name: 'old' },
      ],
      '$setElementOrder/containers': [{ name: 'first' }, { name: 'web' }],
    })
  })

  test('tells which keys of a map to retain, and deletes from lists of scalars', () => {
    const original = { finalizers: ['a', 'b'] }
    const modified = { finalizers: ['a'], strategy: { type: 'Recreate' } }
    const current = { finalizers: ['a', 'b', 'c'], strategy: { type: 'RollingUpdate', rollingUpdate: {} } }
    expect(threeWayStrategicPatch(original, modified, current, schema)).toEqual({
      strategy: { type: 'Recreate', $retainKeys: ['type'] },
      '$deleteFromPrimitiveList/finalizers': ['b'],
    })
  })

  test('is empty where nothing differs', () => {
    const same = { containers: [{ name: 'web', image: 'w' }] }
    const current = { containers: [{ name: 'web', image: 'w', defaulted: 1 }], status: {} }
    expect(threeWayStrategicPatch(same, same, current, schema)).toEqual({})
  })
})

test('a JSON merge patch replaces lists as a whole', () => {
  expect(threeWayMergePatch({ a: [1], b: 1 }, { a: [1, 2] }, { a: [1], b: 1, c: 1 })).toEqual({
    a: [1, 2],
    b: null,
  })
})
