// Names of sandboxes: random, since they also name what belongs to one on the machine and in URLs.
import { randomBytes } from 'node:crypto'
import { type SandboxId, sandboxIdSchema } from '../contract/ids.ts'

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'

/** 80 bits, so that nobody guesses another one's. */
export function newSandboxId(): SandboxId {
  const letters = Array.from(randomBytes(16), (byte) => alphabet[byte % 32]).join('')
  return sandboxIdSchema.parse(`sandbox-${letters}`)
}
