// Programs of the control plane that the simulator does another way (its API server is no process): they say so, and stay.
import type { Image } from '../image.ts'
import { goProgram, klog } from './go-program.ts'

const idle = (lines: readonly string[]) =>
  goProgram(
    async (program) => {
      for (const line of lines) program.log(line)
      return undefined
    },
    { format: (text, process) => klog(text, process, 'simulated.go:1') },
  )

function component(
  repository: string,
  tag: string,
  name: string,
  lines: readonly string[],
  sizeBytes: number,
): Image {
  return {
    repositories: [repository],
    tags: [tag, '*'],
    entrypoint: [],
    command: [`/usr/local/bin/${name}`],
    env: {},
    workingDirectory: '/',
    files: {},
    programs: { [name]: idle(lines) },
    base: 'none',
    sizeBytes,
  }
}

const note = 'this container stands for the component; the simulated cluster does its work in its own process'

export const idleImages: readonly Image[] = [
  component(
    'registry.k8s.io/etcd',
    '3.7.0-0',
    'etcd',
    [note, 'objects are kept in memory and in snapshots'],
    61_250_560,
  ),
  component(
    'registry.k8s.io/kube-apiserver',
    'v1.37.2',
    'kube-apiserver',
    [note, 'Version: v1.37.2'],
    27_004_928,
  ),
  component(
    'registry.k8s.io/kube-controller-manager',
    'v1.37.2',
    'kube-controller-manager',
    [note, 'Version: v1.37.2'],
    22_740_992,
  ),
  component(
    'registry.k8s.io/kube-scheduler',
    'v1.37.2',
    'kube-scheduler',
    [note, 'Version: v1.37.2'],
    17_314_816,
  ),
  component('fairlead/local-path-provisioner', 'v0.0.30', 'local-path-provisioner', [note], 20_971_520),
]

export const pause: Image = {
  ...component('registry.k8s.io/pause', '3.10', 'pause', [], 319_488),
  programs: {
    pause: goProgram(async () => undefined, {
      format: (text) => text,
      onTerminate: (program) => program.exit(0),
    }),
  },
}
