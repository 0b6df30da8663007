// The Traefik proxy as an image.
import { traefik as program } from '../../network/ingress/traefik/traefik.ts'
import type { Image } from '../image.ts'

export const traefik: Image = {
  repositories: ['traefik', 'fairlead/traefik'],
  tags: ['v3.7.13', '*'],
  entrypoint: ['/usr/local/bin/traefik'],
  command: [],
  env: {},
  workingDirectory: '/',
  files: {},
  programs: { traefik: program },
  base: 'none',
  sizeBytes: 51_642_368,
}
