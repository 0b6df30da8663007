// Defaults of a pod and of pod templates. Source: pkg/apis/core/v1/defaults.go (SetDefaults_Pod, SetDefaults_PodSpec, ...).
import { fill, fillUnset, type Item, itemsAt, objectAt } from './fill.ts'

export function defaultPodSpec(spec: Item): void {
  const account = spec.serviceAccountName || spec.serviceAccount
  if (account) Object.assign(spec, { serviceAccountName: account, serviceAccount: account })
  fill(spec, { dnsPolicy: 'ClusterFirst', restartPolicy: 'Always', schedulerName: 'default-scheduler' })
  fillUnset(spec, { securityContext: {}, terminationGracePeriodSeconds: 30 })
  for (const list of ['initContainers', 'containers', 'ephemeralContainers']) {
    for (const container of itemsAt(spec, list)) defaultContainer(container)
  }
  for (const volume of itemsAt(spec, 'volumes')) defaultVolume(volume)
}

/** What only pods get, and templates do not. */
export function defaultPod(spec: Item): void {
  if (Number(spec.terminationGracePeriodSeconds) < 0) spec.terminationGracePeriodSeconds = 1
  for (const list of ['containers', 'initContainers']) {
    for (const container of itemsAt(spec, list)) {
      const resources = objectAt(container, 'resources')
      const limits = objectAt(resources, 'limits')
      if (resources && limits) resources.requests = { ...limits, ...objectAt(resources, 'requests') }
      if (!spec.hostNetwork) continue
      for (const port of itemsAt(container, 'ports')) fill(port, { hostPort: port.containerPort })
    }
  }
  fillUnset(spec, { enableServiceLinks: true })
}

function defaultContainer(container: Item): void {
  fill(container, {
    imagePullPolicy: pullPolicy(String(container.image ?? '')),
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  })
  fillUnset(container, { resources: {} })
  for (const port of itemsAt(container, 'ports')) fill(port, { protocol: 'TCP' })
  for (const variable of itemsAt(container, 'env')) {
    fill(objectAt(objectAt(variable, 'valueFrom'), 'fieldRef'), { apiVersion: 'v1' })
    const resource = objectAt(objectAt(variable, 'valueFrom'), 'resourceFieldRef')
    fillUnset(resource, { divisor: '0' })
  }
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = objectAt(container, name)
    if (!probe) continue
    fill(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 })
    defaultHandler(probe)
    fillUnset(objectAt(probe, 'grpc'), { service: '' })
  }
  const lifecycle = objectAt(container, 'lifecycle')
  for (const name of ['postStart', 'preStop']) defaultHandler(objectAt(lifecycle, name))
}

function defaultHandler(handler: Item | undefined): void {
  fill(objectAt(handler, 'httpGet'), { path: '/', scheme: 'HTTP' })
}

/** Always for `latest` and for images without a tag (parsers.ParseImageName). */
export function pullPolicy(image: string): string {
  const last = image.slice(image.lastIndexOf('/') + 1)
  // What cannot be parsed as a reference has no tag.
  if (
    image.includes('@') ||
    !/^[a-zA-Z0-9.:-]*[a-z0-9._/-]+(:[\w.-]+)?$/.test(image) ||
    /[A-Z]/.test(last.split(':')[0] ?? '')
  ) {
    return 'IfNotPresent'
  }
  const tag = last.includes(':') ? last.slice(last.indexOf(':') + 1) : 'latest'
  return tag === 'latest' ? 'Always' : 'IfNotPresent'
}

const mode = 0o644

function defaultVolume(volume: Item): void {
  const sources = Object.keys(volume).filter((key) => key !== 'name')
  if (sources.length === 0) volume.emptyDir = {}
  for (const source of ['secret', 'configMap', 'downwardAPI', 'projected']) {
    fillUnset(objectAt(volume, source), { defaultMode: mode })
  }
  fillUnset(objectAt(volume, 'hostPath'), { type: '' })
  fill(objectAt(volume, 'iscsi'), { iscsiInterface: 'default' })
  fill(objectAt(volume, 'rbd'), { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' })
  fill(objectAt(volume, 'scaleIO'), { storageMode: 'ThinProvisioned', fsType: 'xfs' })
  const azure = objectAt(volume, 'azureDisk')
  fillUnset(azure, { cachingMode: 'ReadWrite', kind: 'Shared', fsType: 'ext4', readOnly: false })
  fillUnset(objectAt(volume, 'image'), {
    pullPolicy: pullPolicy(String(objectAt(volume, 'image')?.reference ?? '')),
  })
  for (const item of itemsAt(objectAt(volume, 'downwardAPI'), 'items')) defaultDownward(item)
  for (const source of itemsAt(objectAt(volume, 'projected'), 'sources')) {
    fillUnset(objectAt(source, 'serviceAccountToken'), { expirationSeconds: 3600 })
    for (const item of itemsAt(objectAt(source, 'downwardAPI'), 'items')) defaultDownward(item)
  }
  const claim = objectAt(objectAt(volume, 'ephemeral'), 'volumeClaimTemplate')
  fillUnset(objectAt(claim, 'spec'), { volumeMode: 'Filesystem' })
}

function defaultDownward(item: Item): void {
  fill(objectAt(item, 'fieldRef'), { apiVersion: 'v1' })
  fillUnset(objectAt(item, 'resourceFieldRef'), { divisor: '0' })
}
