// Names of images: the same image has a short name in manifests and a long one in a container runtime.

/** As containerd writes it: `traefik:v3` is `docker.io/library/traefik:v3` (distribution/reference, ParseNormalizedNamed). */
export function fullImageName(name: string): string {
  const slash = name.indexOf('/')
  const first = name.slice(0, slash)
  const hasRegistry = slash > 0 && (/[.:]/.test(first) || first === 'localhost')
  const path = hasRegistry ? name : `docker.io/${slash < 0 ? 'library/' : ''}${name}`
  const hasTag = path.includes('@') || path.lastIndexOf(':') > path.lastIndexOf('/')
  return hasTag ? path : `${path}:latest`
}

/**
 * The tag under which an image that is pinned by its digest can be saved and loaded: engines keep digests of what they pulled, not
 * of what they loaded. `kindest/node:v1@sha256:abc...` is `fairlead/pinned/kindest/node:v1-abc...`. Others keep their name.
 */
export function portableImageName(name: string): string {
  const [, path, tag, digest] =
    /^(?:[^/]*[.:][^/]*\/)?(.*?)(?::([^/@]*))?@sha256:([0-9a-f]{12})/.exec(name) ?? []
  return digest === undefined
    ? name
    : `fairlead/pinned/${path}:${tag === undefined ? '' : `${tag}-`}${digest}`
}
