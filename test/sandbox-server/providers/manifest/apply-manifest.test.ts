import { describe, expect, it } from 'vitest'
import { applyManifest } from '../../../../sandbox-server/providers/manifest/apply-manifest.ts'

interface Patch {
  readonly path: string
  readonly type: string | null
  readonly body: { readonly metadata: { readonly annotations?: Record<string, string> } }
}

/** An API server that knows Services and takes every patch, or refuses it with `status`. */
function api(options: { known?: object; status?: object } = {}) {
  const patches: Patch[] = []
  const kubernetes = async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url)
    if (pathname === '/api/v1') {
      const resources = [{ name: 'services', kind: 'Service', namespaced: true }]
      return Response.json({ resources })
    }
    if (request.method === 'PATCH') {
      patches.push({
        path: pathname + search,
        type: request.headers.get('content-type'),
        body: JSON.parse(await request.text()),
      })
      if (options.status) return Response.json(options.status, { status: 422 })
      return Response.json({ metadata: { resourceVersion: '7' } })
    }
    return options.known ? Response.json(options.known) : Response.json({}, { status: 404 })
  }
  return { patches, apply: (text: string) => applyManifest(text, { kubernetes, namespace: 'demo' }) }
}

const service = `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: web
  ports:
    - port: 80
      targetPort: 99999
`

describe('applying a manifest', () => {
  it('sends every document as server-side apply, with what a later kubectl apply wants to know', async () => {
    const { patches, apply } = api()
    const applied = await apply(
      `# two\n${service}---\n${service.replace('name: web', 'name: api\n  namespace: other')}`,
    )
    expect(applied).toEqual([
      { line: 2, outcome: 'created', object: 'service/web', marks: [] },
      { line: 13, outcome: 'created', object: 'service/api', marks: [] },
    ])
    expect(patches.map(({ path, type }) => [path, type])).toEqual([
      [
        '/api/v1/namespaces/demo/services/web?fieldManager=kubectl&force=true&fieldValidation=Strict',
        'application/apply-patch+yaml',
      ],
      [
        '/api/v1/namespaces/other/services/api?fieldManager=kubectl&force=true&fieldValidation=Strict',
        'application/apply-patch+yaml',
      ],
    ])
    const recorded =
      patches[0]?.body.metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration']
    expect(JSON.parse(recorded ?? '')).toMatchObject({
      metadata: { name: 'web' },
      spec: { selector: { app: 'web' } },
    })
  })

  it.each([
    ['unchanged', '7'],
    ['configured', '6'],
  ])('tells an object that is %s', async (outcome, resourceVersion) => {
    const { apply } = api({ known: { metadata: { resourceVersion } } })
    expect(await apply(service)).toMatchObject([{ outcome }])
  })

  it('takes over what client-side apply owns, so that a field left out goes away', async () => {
    const known = {
      metadata: {
        resourceVersion: '6',
        managedFields: [
          { manager: 'kubectl', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:ports': {} } } },
          {
            manager: 'kubectl-client-side-apply',
            operation: 'Update',
            fieldsV1: { 'f:spec': { 'f:selector': {} } },
          },
          { manager: 'kube-controller-manager', operation: 'Update', subresource: 'status' },
        ],
      },
    }
    const { patches, apply } = api({ known })
    await apply(service)
    expect(patches[0]).toEqual({
      path: '/api/v1/namespaces/demo/services/web',
      type: 'application/json-patch+json',
      body: [
        {
          op: 'replace',
          path: '/metadata/managedFields',
          value: [
            { manager: 'kube-controller-manager', operation: 'Update', subresource: 'status' },
            {
              manager: 'kubectl',
              operation: 'Apply',
              fieldsV1: { 'f:spec': { 'f:ports': {}, 'f:selector': {} } },
            },
          ],
        },
        { op: 'replace', path: '/metadata/resourceVersion', value: '6' },
      ],
    })
  })
})

describe('what is refused is marked where it stands', () => {
  it.each([
    [
      'an invalid value',
      {
        message: 'Service "web" is invalid',
        details: { causes: [{ field: 'spec.ports[0].targetPort', message: 'must be between 1 and 65535' }] },
      },
      {
        line: 10,
        column: 7,
        endLine: 10,
        endColumn: 24,
        message: 'spec.ports[0].targetPort: must be between 1 and 65535',
      },
    ],
    [
      'an unknown field',
      { message: 'strict decoding error: unknown field "spec.selector"' },
      {
        line: 6,
        column: 3,
        endLine: 6,
        endColumn: 11,
        message: 'spec.selector: unknown field "spec.selector"',
      },
    ],
    [
      'an item of a list that is named by its keys',
      {
        message:
          'failed to create typed patch object (demo/web; /v1, Kind=Service): .spec.ports[port=80,protocol="TCP"].targetPort: expected string, got &value.valueUnstructured{Value:[]interface {}{1}}',
      },
      {
        line: 10,
        column: 7,
        endLine: 10,
        endColumn: 24,
        message:
          'spec.ports[port=80,protocol="TCP"].targetPort: expected string, got &value.valueUnstructured{Value:[]interface {}{1}}',
      },
    ],
    [
      'a field that is missing, at the map that lacks it',
      {
        message: 'invalid',
        details: { causes: [{ field: 'spec.ports[0].name', message: 'Required value' }] },
      },
      { line: 9, column: 7, endLine: 9, endColumn: 8, message: 'spec.ports[0].name: Required value' },
    ],
    [
      'what names no field, at the kind',
      { message: 'admission webhook said no' },
      { line: 2, column: 1, endLine: 2, endColumn: 14, message: 'admission webhook said no' },
    ],
  ])('%s', async (_, status, mark) => {
    const [document] = await api({ status }).apply(service)
    expect(document).toMatchObject({
      outcome: 'failed',
      object: 'service/web',
      message: status.message,
      marks: [mark],
    })
  })

  it('broken YAML, with line and column, and the other documents are applied', async () => {
    const applied = await api().apply(`kind: Service\n  bad: indent\n---\n${service}`)
    expect(applied).toMatchObject([
      {
        outcome: 'failed',
        object: 'nothing',
        message: expect.stringMatching(/^Line \d, column \d+: /),
        marks: [expect.objectContaining({ message: expect.any(String) })],
      },
      { outcome: 'created', object: 'service/web' },
    ])
  })

  it.each([
    ['kind: Service\nmetadata: {name: a}\n', 'apiVersion: must be set, as in "apiVersion: v1".', 1],
    ['apiVersion: v1\nkind: Service\nmetadata: {}\n', 'metadata.name: must be set.', 3],
    ['- a\n', ': A document must be a map with apiVersion, kind and metadata.', 1],
    [
      'apiVersion: v1\nkind: Servise\nmetadata: {name: a}\n',
      'No matches for kind "Servise" in version "v1": this cluster does not know it. See kubectl api-resources.',
      2,
    ],
  ])('%j', async (text, message, line) => {
    const [document] = await api().apply(text)
    expect(document).toMatchObject({ outcome: 'failed', message, marks: [{ line }] })
  })

  it('a file without an object', async () => {
    expect(await api().apply('# nothing yet\n')).toEqual([
      { line: 1, outcome: 'failed', object: 'nothing', message: 'The file holds no object.', marks: [] },
    ])
  })
})
