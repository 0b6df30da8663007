// Image references, as github.com/distribution/reference normalises them.

export interface ImageReference {
  /** `docker.io/library/nginx`, `registry.k8s.io/pause` */
  readonly repository: string
  readonly tag: string
  readonly digest: string | undefined
}

const pattern = /^[a-z0-9]+(?:[._/:-]+[a-z0-9]+)*(?::[\w][\w.-]{0,127})?(?:@sha256:[a-f0-9]{64})?$/

/** Undefined where the text is no reference (InvalidImageName). */
export function parseImageReference(text: string): ImageReference | undefined {
  if (!pattern.test(text)) return undefined
  const [named = '', digest] = text.split('@')
  const slash = named.lastIndexOf('/')
  const colon = named.indexOf(':', slash + 1)
  const name = colon < 0 ? named : named.slice(0, colon)
  const tag = colon < 0 ? 'latest' : named.slice(colon + 1)
  return { repository: normaliseRepository(name), tag, digest }
}

export function normaliseRepository(name: string): string {
  const first = name.split('/')[0] ?? ''
  const hasHost = name.includes('/') && (first.includes('.') || first.includes(':') || first === 'localhost')
  if (hasHost) return name
  return name.includes('/') ? `docker.io/${name}` : `docker.io/library/${name}`
}

/** As containerd shows it: `docker.io/library/nginx:1.22`. */
export function formatImageReference(reference: ImageReference): string {
  return reference.digest
    ? `${reference.repository}@${reference.digest}`
    : `${reference.repository}:${reference.tag}`
}
