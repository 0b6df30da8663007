// Images that are a shell and its tools: what people start to look around.
import type { Image } from '../image.ts'

function shellImage(
  repositories: readonly string[],
  tags: readonly string[],
  base: 'debian' | 'alpine',
  sizeBytes: number,
): Image {
  return {
    repositories,
    tags: [...tags, '*'],
    entrypoint: [],
    command: [base === 'debian' ? 'bash' : 'sh'],
    env: {},
    workingDirectory: '/',
    files: {},
    programs: {},
    base,
    sizeBytes,
  }
}

export const shellImages: readonly Image[] = [
  shellImage(['fairlead/toolbox'], ['v1.37.2'], 'debian', 168_820_736),
  shellImage(['busybox', 'gcr.io/k8s-minikube/busybox'], ['1.37'], 'alpine', 2_166_784),
  shellImage(['alpine'], ['3.22'], 'alpine', 8_318_976),
  shellImage(['debian'], ['12'], 'debian', 116_588_544),
  shellImage(['curlimages/curl'], ['8.17.0'], 'alpine', 22_413_312),
  shellImage(['nicolaka/netshoot'], ['v0.14'], 'debian', 211_812_352),
]
