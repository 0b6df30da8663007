import { describe, expect, it } from 'vitest'
import {
  fullImageName,
  portableImageName,
} from '../../../../../sandbox-server/providers/kind/images/image-name.ts'

describe('names of images', () => {
  it.each([
    ['traefik:v3', 'docker.io/library/traefik:v3'],
    ['nginx', 'docker.io/library/nginx:latest'],
    ['kindest/node:v1', 'docker.io/kindest/node:v1'],
    ['localhost/app', 'localhost/app:latest'],
    ['registry.example:5000/app:v1', 'registry.example:5000/app:v1'],
    ['registry.k8s.io/pause:3.10', 'registry.k8s.io/pause:3.10'],
    [`kindest/node@sha256:${'a'.repeat(64)}`, `docker.io/kindest/node@sha256:${'a'.repeat(64)}`],
  ])('%s is %s to a container runtime', (name, full) => {
    expect(fullImageName(name)).toBe(full)
  })

  it.each([
    [`kindest/node:v1.37.0@sha256:${'ab'.repeat(32)}`, 'fairlead/pinned/kindest/node:v1.37.0-abababababab'],
    [`quay.io/a/b@sha256:${'cd'.repeat(32)}`, 'fairlead/pinned/a/b:cdcdcdcdcdcd'],
    ['kindest/node:v1.37.0', 'kindest/node:v1.37.0'],
  ])('%s can be saved as %s', (name, portable) => {
    expect(portableImageName(name)).toBe(portable)
  })
})
