import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { clusterSpecSchema } from '../../../../../sandbox-server/contract/lesson.ts'
import { addOns } from '../../../../../sandbox-server/providers/kind/add-ons/add-ons-of.ts'
import { traefik } from '../../../../../sandbox-server/providers/kind/add-ons/ingress/traefik/traefik.ts'
import { metallb } from '../../../../../sandbox-server/providers/kind/add-ons/load-balancer/metallb/metallb.ts'
import {
  addOnImages,
  imagesIn,
  manifestOf,
} from '../../../../../sandbox-server/providers/kind/add-ons/manifest-of.ts'

const shipped = addOns.filter(({ manifest }) => manifest.kind === 'shipped')
const objectsOf = (text: string) => {
  const documents = parseAllDocuments(text)
  return Array.isArray(documents)
    ? documents.map((document) => document.toJS()).filter((one) => one !== null)
    : []
}
const site = (spec: unknown) => ({
  network: { name: 'n', subnet: '10.201.7.0/24' },
  nodes: [],
  spec: clusterSpecSchema.parse(spec),
})

describe('add-ons', () => {
  it('that are shipped are flannel, metallb and traefik', () => {
    expect(shipped.map(({ name }) => name)).toEqual(['flannel', 'metallb', 'traefik'])
  })

  it.each(shipped)('$name names images of its version alone', (addOn) => {
    const images = addOnImages(addOn, undefined)
    expect(images).not.toEqual([])
    for (const image of images)
      expect(image).toMatch(image.includes('cni-plugin') ? /:v\d/ : new RegExp(`:${addOn.version}$`))
  })

  it.each(shipped)('$name waits for objects that its manifest holds', (addOn) => {
    const there = objectsOf(manifestOf(addOn, undefined) ?? '').map(
      ({ kind, metadata: { namespace, name } }) => `${namespace}/${kind.toLowerCase()}/${name}`,
    )
    for (const wanted of addOn.waitFor) expect(there).toContain(wanted)
  })

  it('metallb gives out the end of the cluster’s own network', () => {
    const [pool] = objectsOf(metallb.configure?.(site({})) ?? '')
    expect(pool.spec.addresses).toEqual(['10.201.7.200-10.201.7.250'])
  })

  it('traefik’s Service takes an address where something gives it one', () => {
    const typeWith = (loadBalancer: string) =>
      objectsOf(traefik.configure?.(site({ loadBalancer })) ?? '')[0].spec.type
    expect([typeWith('none'), typeWith('metallb')]).toEqual(['NodePort', 'LoadBalancer'])
  })
})

describe('images in a manifest', () => {
  it('are found in block and flow style, quoted or not, each once, and not in comments', () => {
    const text = `
containers:
  - image: a:v1
  - { name: b, image: "b:v1" }
  - image: 'c:v1' # image: d:v1
  # image: e:v1
  - image: a:v1
imagePullPolicy: Always`
    expect(imagesIn(text)).toEqual(['a:v1', 'b:v1', 'c:v1'])
  })
})
