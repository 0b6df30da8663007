// What a cluster gets before its learner arrives, beside what kind itself installs: a manifest of one version, and when it is ready.
import type { ClusterRecord } from '../cluster-record.ts'

export interface AddOn {
  /** As the cluster specification names it. */
  readonly name: string
  readonly version: string
  readonly manifest: ShippedManifest | UpstreamManifest
  /** What must be ready, as in an exercise's waitFor, but always with its namespace. */
  readonly waitFor: readonly string[]
  /** Objects that depend on the cluster, applied after the manifest's. */
  readonly configure?: (site: AddOnSite) => string
}

/** A manifest of our own, in the add-on's folder. */
export interface ShippedManifest {
  readonly kind: 'shipped'
  readonly files: readonly URL[]
}

/** A manifest that its project publishes and that is not ours to carry; `fairlead images pull` or an operator puts it in place. */
export interface UpstreamManifest {
  readonly kind: 'upstream'
  /** Its name in the folder of manifests. */
  readonly file: string
  /** Where it is published and what it must be, or the command that prints it. */
  readonly source:
    | { readonly url: string; readonly sha256: string }
    | { readonly program: string; readonly args: readonly string[] }
}

/** Where add-ons go: a cluster's record will do. */
export interface AddOnSite extends Pick<ClusterRecord, 'network' | 'nodes' | 'spec'> {
  /** Folder with the manifests that are not shipped. */
  readonly manifests?: string | undefined
}
