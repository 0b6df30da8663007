// Every image there is. Adding one is a new file and a line here.
import type { Image } from '../image.ts'
import { agnhost } from './agnhost/agnhost.ts'
import { corednsImage } from './coredns/coredns.ts'
import { idleImages, pause } from './idle.ts'
import { flannelImage, flannelPluginImage, kindnetImage, kubeProxyImage } from './network-components.ts'
import { nginxImage } from './nginx/nginx.ts'
import { shellImages } from './shells.ts'
import { traefik } from './traefik.ts'
import { whoami } from './whoami.ts'

export const images: readonly Image[] = [
  agnhost,
  whoami,
  ...shellImages,
  nginxImage,
  traefik,
  corednsImage,
  kubeProxyImage,
  kindnetImage,
  flannelImage,
  flannelPluginImage,
  ...idleImages,
  pause,
]
