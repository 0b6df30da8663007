// Pods from templates, and the hash that tells two templates apart (upstream pkg/controller/controller_utils.go).
import type { OwnerReference, Pod, PodTemplateSpec } from '../../../contract/kubernetes.ts'
import { canonicalJson } from './equality.ts'

export function podFromTemplate(
  template: PodTemplateSpec,
  owner: { readonly name: string; readonly reference: OwnerReference },
): Pod {
  const { labels, annotations, finalizers } = template.metadata ?? {}
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${owner.name}-`,
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ...(finalizers && { finalizers }),
      ownerReferences: [owner.reference],
    },
    ...(template.spec && { spec: structuredClone(template.spec) }),
  }
}

/**
 * ComputeHash: FNV-1a over the template, in the alphabet of generated names. Departs from upstream in what it hashes:
 * JSON with sorted keys, where Go hashes its own dump of the structs, so the same template has another hash there.
 */
export function templateHash(template: PodTemplateSpec, collisionCount = 0): string {
  const text = canonicalJson(template) + (collisionCount > 0 ? `#${collisionCount}` : '')
  return safeEncode(String(fnv32a(text)))
}

export function fnv32a(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}

const alphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** rand.SafeEncodeString. */
export function safeEncode(text: string): string {
  return Array.from(text, (character) => alphabet[character.charCodeAt(0) % alphabet.length]).join('')
}
