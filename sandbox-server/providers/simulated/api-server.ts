// Where a real kubectl reaches simulated clusters. serve-api.ts implements it over HTTPS.
import type { SimulatedCluster } from '../../simulator/cluster.ts'

export interface ServedCluster {
  /** A kubeconfig that holds the server's address, its certificate authority and a token of this cluster alone. */
  kubeconfig(): Promise<string>
  close(): void
}

export interface ApiServer {
  /** `id` stays the same over restarts, so that a kubeconfig of yesterday still works. */
  serve(
    id: string,
    cluster: Pick<SimulatedCluster, 'handle' | 'streams' | 'container'>,
    namespace: string,
  ): ServedCluster
  close(): Promise<void>
}
