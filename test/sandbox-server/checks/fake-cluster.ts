// A cluster for tests of checks: objects by path, and traffic that a function decides.
import type {
  ClusterClient,
  DnsAnswer,
  ProbeResult,
  Target,
  Vantage,
} from '../../../sandbox-server/contract/cluster.ts'
import type { KubernetesObject } from '../../../sandbox-server/contract/kubernetes.ts'

export interface FakeCluster extends ClusterClient {
  readonly requests: string[]
}

/** `objects` maps a list path such as /api/v1/namespaces/demo/pods to its items. */
export function fakeCluster(given: {
  objects: Readonly<Record<string, readonly KubernetesObject[]>>
  traffic?: (from: Vantage, to: Target) => Partial<ProbeResult>
  dns?: DnsAnswer
}): FakeCluster {
  const requests: string[] = []
  return {
    requests,
    async kubernetes(request) {
      const url = new URL(request.url)
      requests.push(`${request.method} ${url.pathname}${url.search}`)
      const all = Object.entries(given.objects)
      const list = all.find(([path]) => path === url.pathname)?.[1] ?? across(all, url.pathname)
      if (list) {
        const selector = url.searchParams.get('labelSelector')
        return Response.json({ items: selector ? list.filter((one) => carries(one, selector)) : list })
      }
      const [path, name] = [url.pathname.replace(/\/[^/]*$/, ''), url.pathname.split('/').at(-1)]
      const found = all.find(([one]) => one === path)?.[1].find((one) => one.metadata?.name === name)
      return found ? Response.json(found) : Response.json({ kind: 'Status', code: 404 }, { status: 404 })
    },
    async probe(from, to) {
      return { outcome: 'answered', durationMs: 1, hops: [], ...given.traffic?.(from, to) }
    },
    async resolve() {
      return given.dns ?? { code: 'NXDOMAIN', answers: [], queries: [], durationMs: 1 }
    },
  }
}

/** `/api/v1/pods` is every `/api/v1/namespaces/X/pods` together; a namespace that holds none is an empty list. */
function across(all: readonly (readonly [string, readonly KubernetesObject[]])[], path: string) {
  const [, group, plural] =
    /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)\/(?:namespaces\/[^/]+\/)?([a-z]+)$/.exec(path) ?? []
  if (!group) return undefined
  const inOneNamespace = path.includes('/namespaces/')
  return all.flatMap(([one, items]) =>
    !inOneNamespace && one.startsWith(`${group}/`) && one.endsWith(`/${plural}`) ? items : [],
  )
}

function carries(object: KubernetesObject, selector: string): boolean {
  return selector.split(',').every((pair) => {
    const [key = '', value] = pair.split('=')
    return object.metadata?.labels?.[key] === value
  })
}

export const clock = { now: () => 0, sleep: async () => {} }
