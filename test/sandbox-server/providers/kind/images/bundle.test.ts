import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadBundle, saveBundle } from '../../../../../sandbox-server/providers/kind/images/bundle.ts'
import { fakeEngine } from './fake-engine.ts'

const signal = new AbortController().signal
const node = `kindest/node:v1@sha256:${'ab'.repeat(32)}`
const portable = 'fairlead/pinned/kindest/node:v1-abababababab'

describe('a bundle of images', () => {
  let folder: string
  let file: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fairlead-test-'))
    file = join(folder, 'images.tar')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const options = () => ({
    file,
    names: [node, 'web:v1'],
    manifestFiles: ['calico.yaml'],
    manifests: join(folder, 'here'),
    signal,
  })
  /** The engine writes the tar; here it is there already. */
  async function save() {
    const engine = fakeEngine({ images: { [node]: 'n1', 'web:v1': 'w1' } })
    writeFileSync(file, 'a tar')
    writeManifest('kind: Namespace\n')
    return { engine, bundle: await saveBundle(engine, options()) }
  }
  const writeManifest = (text: string) => {
    rmSync(join(folder, 'here'), { recursive: true, force: true })
    const path = join(folder, 'here', 'calico.yaml')
    mkdirSync(join(folder, 'here'))
    writeFileSync(path, text)
  }
  const there = () => ({ file, manifests: join(folder, 'there'), signal })

  it('holds every image under a name that it can be loaded by', async () => {
    const { engine, bundle } = await save()
    expect(engine.calls).toEqual([`tag ${node} ${portable}`, `save --output ${file} ${portable} web:v1`])
    expect(bundle.images.map(({ name, saved, id }) => [name, saved, id])).toEqual([
      [node, portable, 'n1'],
      ['web:v1', 'web:v1', 'w1'],
    ])
    expect(bundle.tar.bytes).toBe(5)
  })

  it('is loaded with its manifests where it is whole', async () => {
    await save()
    const engine = fakeEngine({ images: { [portable]: 'n1', 'web:v1': 'w1' } })
    await loadBundle(engine, there())
    expect(engine.calls).toEqual([`load --input ${file}`])
    expect(readFileSync(join(folder, 'there', 'calico.yaml'), 'utf8')).toBe('kind: Namespace\n')
  })

  it.each([
    ['the tar was changed', () => writeFileSync(file, 'another'), /is not the file .* 7 bytes in place of 5/],
    ['the list is missing', () => rmSync(`${file}.json`), /There is no .*images\.tar\.json/],
    ['the list is no list', () => writeFileSync(`${file}.json`, '{"format": 2}'), /is no list of a bundle/],
    [
      'a manifest was changed',
      () =>
        writeFileSync(`${file}.json`, readFileSync(`${file}.json`, 'utf8').replace('Namespace', 'Nemaspace')),
      /calico\.yaml does not have its digest/,
    ],
  ])('is not loaded where %s', async (_, spoil, message) => {
    await save()
    spoil()
    const engine = fakeEngine()
    await expect(loadBundle(engine, there())).rejects.toThrow(message)
    expect(engine.calls).toEqual([])
  })

  it('names what the engine did not take', async () => {
    await save()
    const engine = fakeEngine({ images: { 'web:v1': 'w1' } })
    await expect(loadBundle(engine, there())).rejects.toThrow(`does not have ${node}`)
  })

  it('is not saved without what it should hold', async () => {
    const engine = fakeEngine({ images: { 'web:v1': 'w1' } })
    await expect(saveBundle(engine, options())).rejects.toThrow(`Not on this machine: ${node}, calico.yaml.`)
    expect(engine.calls).toEqual([])
  })
})
