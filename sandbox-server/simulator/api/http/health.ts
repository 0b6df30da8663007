// /version and the health endpoints. Source: apiserver/pkg/server/healthz, recorded answers of a real server.
import { text } from './respond.ts'

export const serverVersion = {
  major: '1',
  minor: '37',
  emulationMajor: '1',
  emulationMinor: '37',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '36',
  gitVersion: 'v1.37.2',
  gitCommit: 'simulated',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'go1.26.8',
  compiler: 'gc',
  platform: 'linux/amd64',
}

const checks = [
  'ping',
  'log',
  'etcd',
  'etcd-readiness',
  'informer-sync',
  'poststarthook/start-apiserver-admission-initializer',
  'poststarthook/generic-apiserver-start-informers',
  'poststarthook/priority-and-fairness-config-consumer',
  'poststarthook/storage-object-count-tracker-hook',
  'poststarthook/start-apiextensions-informers',
  'poststarthook/start-apiextensions-controllers',
  'poststarthook/crd-informer-synced',
  'poststarthook/start-system-namespaces-controller',
  'poststarthook/start-service-ip-repair-controllers',
  'poststarthook/rbac/bootstrap-roles',
  'poststarthook/scheduling/bootstrap-system-priority-classes',
  'poststarthook/apiservice-registration-controller',
  'poststarthook/apiservice-discovery-controller',
  'poststarthook/kube-apiserver-autoregistration',
  'autoregister-completion',
  'poststarthook/apiservice-openapiv3-controller',
  'shutdown',
]

export function healthResponse(path: string, query: URLSearchParams): Response | undefined {
  if (path === '/version') return version()
  const match = /^\/(healthz|livez|readyz)(?:\/(.+))?$/.exec(path)
  if (!match) return undefined
  const endpoint = match[1] ?? ''
  const own = checks.filter((check) => {
    if (check === 'shutdown' || check === 'informer-sync' || check === 'etcd-readiness')
      return endpoint === 'readyz'
    return true
  })
  if (match[2] !== undefined) return own.includes(match[2]) ? text('ok') : undefined
  if (!query.has('verbose')) return text('ok')
  const lines = own.map((check) => `[+]${check} ok`)
  return text(`${lines.join('\n')}\n${endpoint} check passed\n`)
}

/** Indented, as WriteRawJSON writes it (apiserver/pkg/endpoints/handlers/responsewriters). */
function version(): Response {
  return new Response(JSON.stringify(serverVersion, null, 2), {
    headers: { 'content-type': 'application/json' },
  })
}
