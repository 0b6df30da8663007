import { describe, expect, it } from 'vitest'
import { sameValue, valueAt } from '../../../sandbox-server/checks/path.ts'

const object = {
  metadata: { labels: { app: 'web', 'a.b/c': 'd' } },
  spec: { ports: [{ port: 80 }, { port: 443 }], rules: [{ host: 'a' }, {}, { host: 'b' }] },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
}

describe('a path into an object', () => {
  it.each([
    ['metadata.labels.app', 'web'],
    ["metadata.labels['a.b/c']", 'd'],
    ['spec.ports[1].port', 443],
    ['spec.rules[*].host', ['a', 'b']],
    ['status.conditions[type=Ready].status', 'True'],
    ['status.conditions[type=Nothing].status', undefined],
    ['spec.nothing.here', undefined],
  ])('%s is read', (path, expected) => {
    expect(valueAt(object, path)).toEqual(expected)
  })

  it('that cannot be read names the character', () => {
    expect(() => valueAt(object, 'spec.ports[first]')).toThrow(
      'cannot read the path spec.ports[first] at character 11',
    )
  })

  it('values are the same whatever the order of keys', () => {
    expect(sameValue({ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 })).toBe(true)
    expect(sameValue({ a: 1 }, { a: 1, b: 2 })).toBe(false)
    expect(sameValue([], {})).toBe(false)
  })
})
