// The manifests' schema is made from the API server's own schemas; the YAML language server only reads what it knows.
import { expect, it } from 'vitest'
import { manifestSchema } from '../../src/editor/kubernetes-schema.ts'

it('picks the definition by kind, refuses unknown fields and carries the descriptions', () => {
  const schema = manifestSchema(
    {
      'io.Pod': {
        type: 'object',
        properties: {
          kind: { type: 'string' },
          port: { allOf: [{ $ref: '#/components/schemas/io.IntOrString' }], default: {} },
        },
        'x-kubernetes-group-version-kind': [{ group: 'apps', version: 'v1', kind: 'Deployment' }],
      },
      'io.IntOrString': { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
      'io.Hidden': {
        type: 'object',
        'x-kubernetes-group-version-kind': [{ group: '', version: 'v1', kind: 'APIVersions' }],
      },
    },
    (name) => (name === 'io.Pod' ? { '': 'A thing.', port: 'Where it listens.' } : {}),
  )
  expect(schema.allOf).toEqual([
    {
      if: {
        properties: { kind: { const: 'Deployment' }, apiVersion: { const: 'apps/v1' } },
        required: ['kind', 'apiVersion'],
      },
      // biome-ignore lint/suspicious/noThenProperty: `then` is JSON Schema's own keyword.
      then: { $ref: '#/definitions/io.Pod' },
    },
  ])
  expect(schema.definitions).toEqual({
    'io.Pod': {
      type: 'object',
      description: 'A thing.',
      additionalProperties: false,
      properties: {
        kind: { type: 'string' },
        port: { allOf: [{ $ref: '#/definitions/io.IntOrString' }], description: 'Where it listens.' },
      },
    },
    'io.IntOrString': { type: ['integer', 'string'] },
  })
})
