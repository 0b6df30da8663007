// A container image as a small application model. images/index.ts lists them; an image that is not there is ErrImagePull.
import type { Program } from './process.ts'

export interface Image {
  /** Repositories it answers to, normalised or short: `nginx`, `registry.k8s.io/e2e-test-images/agnhost`. */
  readonly repositories: readonly string[]
  /** Tags that exist; `*` for any. */
  readonly tags: readonly string[]
  readonly entrypoint: readonly string[]
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly workingDirectory: string
  /** Files of the image beside the base's. */
  readonly files: Readonly<Record<string, string>>
  /** Programs in it by name, beside the base's shell and tools (`base: 'none'` has none, as distroless images). */
  readonly programs: Readonly<Record<string, Program>>
  readonly base: 'debian' | 'alpine' | 'none'
  /** Bytes, for `crictl images` and events. */
  readonly sizeBytes: number
}
