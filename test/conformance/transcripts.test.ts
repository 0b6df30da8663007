// Recordings of a real Kubernetes 1.37 cluster, played through the simulator's own shell, kubectl, curl and dig.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { differences, playTranscript } from './transcripts.ts'

const folder = new URL('./transcripts/', import.meta.url)
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8')
const manifests = Object.fromEntries(
  ['web.yaml', 'client.yaml'].map((name) => [name, read(`manifests/${name}`)]),
)

/** Commands that still answer otherwise, and why. An entry that agrees again may go. */
const known: Readonly<Record<string, string>> = {
  // Two managers that apply within the same second are listed by name; the recording's were seconds apart.
  'kubectl get configmap settings --show-managed-fields': 'managed fields of the same second',
}

describe('the simulator answers as the recorded cluster did', () => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.t'))
  test.each(names)('%s', { timeout: 60_000 }, async (name) => {
    const played = await playTranscript(read(name), { manifests })
    const unknown = played.filter(
      ({ command }) => !Object.keys(known).some((start) => command.startsWith(start)),
    )
    expect(differences(unknown)).toBe('')
    expect(played.length).toBeGreaterThan(5)
  })
})
