// A pod's volumes: made once for all of its containers, then mounted into each. ConfigMaps and Secrets are followed as they change
// (upstream within its sync period, here at once).
import type { Pod } from '../../../contract/kubernetes.ts'
import { configMaps, persistentVolumeClaims, persistentVolumes, pods, secrets } from '../../api/resources.ts'
import type { DirectoryNode, FileNode } from '../inode.ts'
import { directoryNode, fileNode } from '../inode.ts'
import type { Mount } from '../memory-file-system.ts'
import { Volume } from '../volume.ts'
import { fieldValue, resourceValue } from './downward.ts'
import { decodeBase64 } from './environment.ts'
import type { KubeletParts } from './kubelet-parts.ts'

type PodVolume = NonNullable<NonNullable<Pod['spec']>['volumes']>[number]
type Items = readonly { key: string; path: string; mode?: number }[] | undefined

/** FailedMount: tried again, with a growing pause. */
export class MountError extends Error {}

export interface PodVolumeMounts {
  /** emptyDir volumes, for snapshots. */
  readonly ephemeral: ReadonlyMap<string, Volume>
  /** Where the volume lies; undefined for a name that the pod does not declare. */
  mount(name: string): Pick<Mount, 'volume' | 'subPath' | 'readOnly'> | undefined
  dispose(): void
}

interface Made {
  readonly volume: Volume
  readonly subPath?: string
  readonly readOnly?: boolean
}

/** Throws MountError with upstream's text where something that a volume needs is missing. */
export function makeVolumes(
  parts: KubeletParts,
  pod: Pod,
  addresses: () => readonly string[],
): PodVolumeMounts {
  const made = new Map<string, Made>()
  const ephemeral = new Map<string, Volume>()
  const stops: (() => void)[] = []
  for (const volume of pod.spec?.volumes ?? []) {
    if (volume.emptyDir) {
      const empty = new Volume()
      ephemeral.set(volume.name, empty)
      made.set(volume.name, { volume: empty })
    } else if (volume.hostPath) {
      made.set(volume.name, hostPath(parts, volume.name, volume.hostPath))
    } else if (volume.persistentVolumeClaim) {
      made.set(volume.name, claimed(parts, pod, volume))
    } else {
      const content = contentOf(parts, pod, volume, addresses)
      const written = new Volume()
      written.replaceAll(content())
      made.set(volume.name, { volume: written, readOnly: true })
      stops.push(follow(parts, pod, volume, () => written.replaceAll(content())))
    }
  }
  return {
    ephemeral,
    mount: (name) => made.get(name),
    dispose() {
      for (const stop of stops) stop()
    },
  }
}

function hostPath(parts: KubeletParts, name: string, source: { path: string; type?: string }): Made {
  const { nodeFiles } = parts
  const type = source.type ?? ''
  const stat = nodeFiles.stat(source.path)
  const failed = (why: string) =>
    new MountError(
      `MountVolume.SetUp failed for volume "${name}" : hostPath type check failed: ${source.path} ${why}`,
    )
  if (!stat && (type === 'DirectoryOrCreate' || type === ''))
    nodeFiles.makeDirectory(source.path, { recursive: true })
  else if (!stat && type === 'FileOrCreate') {
    nodeFiles.makeDirectory(source.path.slice(0, source.path.lastIndexOf('/')) || '/', { recursive: true })
    nodeFiles.write(source.path, '')
  } else if (type === 'Directory' && stat?.type !== 'directory') throw failed('is not a directory')
  else if (type === 'File' && stat?.type !== 'file') throw failed('is not a file')
  return { volume: nodeFiles.root, subPath: source.path }
}

function claimed(parts: KubeletParts, pod: Pod, volume: PodVolume): Made {
  const namespace = pod.metadata?.namespace ?? 'default'
  const name = volume.persistentVolumeClaim?.claimName ?? ''
  const claim = parts.objects.get(persistentVolumeClaims, { namespace, name })
  if (!claim)
    throw new MountError(
      `error getting PVC "${namespace}/${name}": could not find v1.PersistentVolumeClaim "${namespace}/${name}"`,
    )
  const bound = claim.spec?.volumeName
  const found = bound ? parts.objects.get(persistentVolumes, { name: bound }) : undefined
  const path = found?.spec?.hostPath?.path ?? found?.spec?.local?.path
  if (!path) throw new MountError(`PVC "${namespace}/${name}" is not bound`)
  parts.nodeFiles.makeDirectory(path, { recursive: true })
  return { volume: parts.nodeFiles.root, subPath: path }
}

type VolumeContent = Record<string, { readonly bytes: string | Uint8Array; readonly mode: number }>

function contentOf(parts: KubeletParts, pod: Pod, volume: PodVolume, addresses: () => readonly string[]) {
  const source = sourceOf(parts, pod, addresses)
  return (): DirectoryNode => {
    const files: VolumeContent = {}
    if (volume.configMap) {
      Object.assign(files, source.configMap(volume.configMap.name, volume.configMap, volume.name))
    } else if (volume.secret) {
      Object.assign(files, source.secret(volume.secret.secretName, volume.secret, volume.name))
    } else if (volume.downwardAPI) {
      Object.assign(files, source.downward(volume.downwardAPI.items, volume.downwardAPI.defaultMode))
    } else if (volume.projected) {
      const { defaultMode } = volume.projected
      for (const one of volume.projected.sources ?? []) {
        if (one.configMap)
          Object.assign(
            files,
            source.configMap(
              one.configMap.name,
              { ...one.configMap, ...(defaultMode ? { defaultMode } : {}) },
              volume.name,
            ),
          )
        else if (one.secret)
          Object.assign(
            files,
            source.secret(
              one.secret.name,
              { ...one.secret, ...(defaultMode ? { defaultMode } : {}) },
              volume.name,
            ),
          )
        else if (one.downwardAPI) Object.assign(files, source.downward(one.downwardAPI.items, defaultMode))
        else if (one.serviceAccountToken) {
          files[one.serviceAccountToken.path] = {
            bytes: token(parts, pod, one.serviceAccountToken),
            mode: defaultMode ?? 0o644,
          }
        }
      }
    } else {
      throw new MountError(
        `MountVolume.SetUp failed for volume "${volume.name}" : this kind of volume is not simulated`,
      )
    }
    return treeOf(files)
  }
}

function sourceOf(parts: KubeletParts, pod: Pod, addresses: () => readonly string[]) {
  const namespace = pod.metadata?.namespace ?? 'default'
  const pick = (
    data: Record<string, string | Uint8Array>,
    options: { items?: Items; optional?: boolean; defaultMode?: number },
    volume: string,
    what: string,
  ): VolumeContent => {
    const mode = options.defaultMode ?? 0o644
    if (!options.items) {
      return Object.fromEntries(Object.entries(data).map(([key, bytes]) => [key, { bytes, mode }]))
    }
    const files: VolumeContent = {}
    for (const item of options.items) {
      const bytes = data[item.key]
      if (bytes !== undefined) files[item.path] = { bytes, mode: item.mode ?? mode }
      else if (!options.optional) {
        throw new MountError(
          `MountVolume.SetUp failed for volume "${volume}" : ${what} references non-existent config key: ${item.key}`,
        )
      }
    }
    return files
  }
  type Options = { items?: Items; optional?: boolean; defaultMode?: number }
  return {
    configMap(name: string | undefined, options: Options, volume: string): VolumeContent {
      const map = parts.objects.get(configMaps, { namespace, name: name ?? '' })
      if (!map && !options.optional) {
        throw new MountError(
          `MountVolume.SetUp failed for volume "${volume}" : configmap "${name}" not found`,
        )
      }
      const binary = Object.entries(map?.binaryData ?? {}).map(([key, value]) => [key, decodeBase64(value)])
      return pick({ ...map?.data, ...Object.fromEntries(binary) }, options, volume, 'configmap')
    },
    secret(name: string | undefined, options: Options, volume: string): VolumeContent {
      const secret = parts.objects.get(secrets, { namespace, name: name ?? '' })
      if (!secret && !options.optional) {
        throw new MountError(`MountVolume.SetUp failed for volume "${volume}" : secret "${name}" not found`)
      }
      const data = Object.entries(secret?.data ?? {}).map(([key, value]) => [key, decodeBase64(value)])
      return pick(Object.fromEntries(data), options, volume, 'secret')
    },
    downward(
      items: NonNullable<PodVolume['downwardAPI']>['items'],
      defaultMode: number | undefined,
    ): VolumeContent {
      const files: VolumeContent = {}
      const where = { addresses: addresses(), nodeAddress: parts.nodeAddress, nodeName: parts.nodeName }
      const current = parts.objects.get(pods, { namespace, name: pod.metadata?.name ?? '' }) ?? pod
      for (const item of items ?? []) {
        const [container] = pod.spec?.containers ?? []
        const bytes = item.fieldRef
          ? fieldValue(item.fieldRef.fieldPath, current, where)
          : item.resourceFieldRef && container
            ? resourceValue(item.resourceFieldRef, pod, container, item.resourceFieldRef.containerName)
            : ''
        files[item.path] = { bytes, mode: item.mode ?? defaultMode ?? 0o644 }
      }
      return files
    },
  }
}

/** Writes anew when what the volume shows changes; while a source is missing the old content stays. */
function follow(parts: KubeletParts, pod: Pod, volume: PodVolume, write: () => void): () => void {
  const namespace = pod.metadata?.namespace ?? 'default'
  const sources = volume.projected?.sources ?? [volume]
  const stops: (() => void)[] = []
  const watch = (type: typeof configMaps | typeof secrets | typeof pods, name: string | undefined) => {
    let isFirst = true
    const options = { namespace, fieldSelector: `metadata.name=${name}` }
    stops.push(
      parts.objects.watch(
        type as typeof configMaps,
        () => {
          if (isFirst) isFirst = false
          else keepOld(write)
        },
        options,
      ),
    )
  }
  for (const source of sources) {
    if (source.configMap) watch(configMaps, source.configMap.name)
    const secret = source.secret as { name?: string; secretName?: string } | undefined
    if (secret) watch(secrets, secret.name ?? secret.secretName)
    if (source.downwardAPI) watch(pods, pod.metadata?.name)
  }
  return () => {
    for (const stop of stops) stop()
  }
}

function keepOld(write: () => void): void {
  try {
    write()
  } catch (error) {
    // The source was deleted: the kubelet keeps what is mounted already.
    if (!(error instanceof MountError)) throw error
  }
}

function treeOf(files: VolumeContent): DirectoryNode {
  const root = directoryNode(0, 0o777)
  for (const [path, { bytes, mode }] of Object.entries(files)) {
    const names = path.split('/').filter((name) => name !== '')
    const name = names.pop()
    let directory = root
    for (const part of names) {
      const existing = directory.children.get(part)
      const next = existing?.type === 'directory' ? existing : directoryNode()
      directory.children.set(part, next)
      directory = next as typeof root
    }
    const node: FileNode = fileNode(bytes, mode)
    if (name !== undefined) directory.children.set(name, node)
  }
  return root
}

/** An unsigned token in the form of a bound service account token. Nothing in the simulator trusts it: credentials are the process's. */
function token(
  parts: KubeletParts,
  pod: Pod,
  source: { audience?: string; expirationSeconds?: number },
): string {
  const now = Math.floor(parts.clock.now() / 1000)
  const namespace = pod.metadata?.namespace ?? 'default'
  const account = pod.spec?.serviceAccountName ?? 'default'
  const claims = {
    aud: [source.audience ?? 'https://kubernetes.default.svc.cluster.local'],
    exp: now + (source.expirationSeconds ?? 3600),
    iat: now,
    iss: 'https://kubernetes.default.svc.cluster.local',
    'kubernetes.io': {
      namespace,
      pod: { name: pod.metadata?.name, uid: pod.metadata?.uid },
      serviceaccount: { name: account },
    },
    sub: `system:serviceaccount:${namespace}:${account}`,
  }
  const part = (value: unknown) =>
    btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
  return `${part({ alg: 'RS256', kid: 'simulated' })}.${part(claims)}.${part('simulated')}`
}
