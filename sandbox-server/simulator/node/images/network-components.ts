// Images whose programs are the network's own: kube-proxy, kindnetd, Flannel.
import { flanneld } from '../../network/cni/flannel/flanneld.ts'
import { kindnetd } from '../../network/cni/kindnet/kindnetd.ts'
import { kubeProxy } from '../../network/kube-proxy/kube-proxy.ts'
import type { Image } from '../image.ts'
import { type Program, Signalled } from '../process.ts'

const onDebian = {
  entrypoint: [],
  command: [],
  env: {},
  workingDirectory: '/',
  files: {},
  base: 'debian',
} as const

/** The kernel ignores SIGTERM for a process 1 without a handler; these daemons have one, and end at once. */
function endsOnTerminate(program: Program): Program {
  return (process) => {
    const told = new AbortController()
    process.onSignal('SIGTERM', () => told.abort(new Signalled('SIGTERM')))
    return program({ ...process, signal: AbortSignal.any([process.signal, told.signal]) })
  }
}

/** Flannel's init container copies its configuration with a program of this name. */
const installConf: Program = async (process) => {
  const [, from, to] = process.argv
  if (from === undefined || to === undefined) {
    await process.stderr.write('usage: install-conf FROM TO\n')
    return 2
  }
  process.files.write(to, process.files.readText(from))
  return 0
}

export const kubeProxyImage: Image = {
  ...onDebian,
  repositories: ['registry.k8s.io/kube-proxy'],
  tags: ['v1.37.2', '*'],
  programs: { 'kube-proxy': endsOnTerminate(kubeProxy) },
  sizeBytes: 29_114_368,
}

export const kindnetImage: Image = {
  ...onDebian,
  repositories: ['fairlead/kindnet', 'docker.io/kindest/kindnetd'],
  tags: ['v1', '*'],
  entrypoint: ['/bin/kindnetd'],
  programs: { '/usr/bin/kindnetd': endsOnTerminate(kindnetd) },
  sizeBytes: 35_127_296,
}

export const flannelImage: Image = {
  ...onDebian,
  repositories: ['fairlead/flannel', 'ghcr.io/flannel-io/flannel'],
  tags: ['v0.28.10', '*'],
  entrypoint: ['/opt/bin/flanneld'],
  // The CNI plugin itself: a file that is copied to the node.
  files: { '/usr/local/bin/flannel': '\u007fELF CNI plugin flannel (simulated)\n' },
  programs: { '/opt/bin/flanneld': endsOnTerminate(flanneld), '/opt/bin/install-conf': installConf },
  sizeBytes: 31_981_568,
}

/** The published manifest takes the plugin from an image of its own, at the root. */
export const flannelPluginImage: Image = {
  ...onDebian,
  repositories: ['ghcr.io/flannel-io/flannel-cni-plugin'],
  tags: ['v1.9.1-flannel1', '*'],
  files: { '/flannel': '\u007fELF CNI plugin flannel (simulated)\n' },
  programs: {},
  sizeBytes: 4_872_192,
}
