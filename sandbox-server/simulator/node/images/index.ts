// Every image there is. Adding one is a new file and a line here.
import { programsOf } from '../../shell/commands/index.ts'
import type { Image } from '../image.ts'
import { agnhost } from './agnhost/agnhost.ts'
import type { ImageCatalogue } from './catalogue.ts'
import { createCatalogue } from './catalogue.ts'
import { idleImages, pause } from './idle.ts'
import { flannelImage, flannelPluginImage, kindnetImage, kubeProxyImage } from './network-components.ts'
import { shellImages } from './shells.ts'
import { whoami } from './whoami.ts'

export const images: readonly Image[] = [
  agnhost,
  whoami,
  ...shellImages,
  kubeProxyImage,
  kindnetImage,
  flannelImage,
  flannelPluginImage,
  ...idleImages,
  pause,
]

let catalogue: ImageCatalogue | undefined

/** One catalogue, and one set of file trees, for every cluster of this process. */
export function imageCatalogue(): ImageCatalogue {
  catalogue ??= createCatalogue({ images, basePrograms: programsOf('container') })
  return catalogue
}
