// The catalogue that clusters use: every image, on the shell's programs. Made once, with one set of file trees for every cluster of
// this process.
import { programsOf } from '../../shell/commands/index.ts'
import { createCatalogue, type ImageCatalogue } from './catalogue.ts'
import { images } from './index.ts'

let catalogue: ImageCatalogue | undefined

export function imageCatalogue(): ImageCatalogue {
  catalogue ??= createCatalogue({ images, basePrograms: programsOf('container') })
  return catalogue
}
