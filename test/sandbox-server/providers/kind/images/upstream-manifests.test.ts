import { describe, expect, it } from 'vitest'
import { calico } from '../../../../../sandbox-server/providers/kind/add-ons/cni/calico/calico.ts'
import { cilium } from '../../../../../sandbox-server/providers/kind/add-ons/cni/cilium/cilium.ts'
import { manifestProblem } from '../../../../../sandbox-server/providers/kind/images/upstream-manifests.ts'

describe('manifests that their projects publish', () => {
  it('are refused where they do not have the digest of their version', () => {
    const { manifest } = calico
    expect(manifest.kind === 'upstream' && manifestProblem(manifest, 'kind: Namespace\n')).toMatch(
      /^its SHA-256 is [0-9a-f]{64}, not a1df919d/,
    )
  })

  it('are refused where a program printed no object', () => {
    const { manifest } = cilium
    expect(manifest.kind === 'upstream' && manifestProblem(manifest, 'Error: no chart\n')).toBe(
      'it holds no object.',
    )
  })
})
