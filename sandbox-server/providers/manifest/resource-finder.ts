// Finds the REST resource of a kind by the API's own discovery documents.

export interface FoundResource {
  /** `/api/v1` or `/apis/apps/v1`. */
  readonly base: string
  readonly plural: string
  readonly namespaced: boolean
}

export interface ResourceFinder {
  /** Undefined where the cluster does not know the kind. */
  find(apiVersion: string, kind: string): Promise<FoundResource | undefined>
}

interface ResourceList {
  readonly resources: readonly {
    readonly name: string
    readonly kind: string
    readonly namespaced: boolean
  }[]
}

/** Asks for each group and version once. */
export function createResourceFinder(kubernetes: (request: Request) => Promise<Response>): ResourceFinder {
  const lists = new Map<string, Promise<ResourceList>>()
  const list = async (base: string): Promise<ResourceList> => {
    const response = await kubernetes(
      new Request(`http://cluster${base}`, { headers: { accept: 'application/json' } }),
    )
    return response.ok ? ((await response.json()) as ResourceList) : { resources: [] }
  }
  return {
    async find(apiVersion, kind) {
      const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
      const known = lists.get(base) ?? list(base)
      lists.set(base, known)
      const { resources } = await known
      const found = resources.find((resource) => resource.kind === kind && !resource.name.includes('/'))
      return found && { base, plural: found.name, namespaced: found.namespaced }
    },
  }
}
