// Booted clusters to start others from: a spec is booted once in a process, later clusters begin where that boot ended. What tells one
// cluster from another (uids, times) is made anew; what nobody can tell apart (roles, flow schemas) all of them share.

import type { KubernetesObject } from '../../contract/kubernetes.ts'
import type { Random } from '../random.ts'
import { assemble } from './assemble.ts'
import { boot } from './boot.ts'
import type { SimulatedSpec } from './cluster-plan.ts'
import type { ClusterState } from './snapshot.ts'

export interface Template {
  /** Simulated milliseconds that the boot took. */
  readonly bootMs: number
  /** The state as of a cluster whose boot began at `startsAt`. */
  instance(startsAt: number, random: Random): ClusterState
}

/** When the boots of templates begin; every time in their states is relative to it. */
const origin = Date.UTC(2026, 0, 1)
const templateSeed = 1

const templates = new Map<string, Promise<Template>>()

export function templateOf(spec: SimulatedSpec): Promise<Template> {
  const key = `${spec.nodes} ${spec.cni}`
  const known = templates.get(key)
  if (known) return known
  const made = makeTemplate(spec)
  templates.set(key, made)
  // A boot that failed is tried again by the next cluster.
  made.catch(() => templates.delete(key))
  return made
}

async function makeTemplate(spec: SimulatedSpec): Promise<Template> {
  const cluster = assemble({ spec, seed: templateSeed, startsAt: origin })
  try {
    await boot(cluster)
    const state = cluster.state()
    return { bootMs: state.takenAt - origin, instance: instantiate(state) }
  } finally {
    cluster.dispose()
  }
}

/** Storage places whose objects are the same in every cluster, but for uids and times that nobody looks at. */
const shared =
  /^(rbac\.authorization\.k8s\.io|flowcontrol\.apiserver\.k8s\.io|apiregistration\.k8s\.io|scheduling\.k8s\.io|storage\.k8s\.io)\/|^\/?(configmaps|serviceaccounts|secrets)$/

interface Own {
  readonly objects: readonly (readonly [string, KubernetesObject])[]
  readonly kubelets: ClusterState['kubelets']
  readonly disks: ClusterState['disks']
}

function instantiate(state: ClusterState): Template['instance'] {
  const objects = state.objects.objects
  const common = objects.filter(([storage]) => shared.test(storage))
  const own: Own = {
    objects: objects.filter(([storage]) => !shared.test(storage)),
    kubelets: state.kubelets,
    disks: state.disks,
  }
  const pieces = cut(JSON.stringify(own))
  return (startsAt, random) => {
    const made: Own = JSON.parse(pieces.write(startsAt - origin, () => random.uuid()))
    return {
      takenAt: state.takenAt + startsAt - origin,
      random: random.state(),
      objects: { ...state.objects, objects: [...common, ...made.objects] },
      kubelets: made.kubelets,
      disks: made.disks,
    }
  }
}

const uid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const time = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z'
/** Milliseconds of the template's first hours: all of its numbers that are points in time. */
const milliseconds = `\\b${String(origin).slice(0, 6)}\\d{7}\\b`

/** Cuts a text where it holds uids and times, so that it can be written again with others. */
function cut(text: string): { write(laterByMs: number, newUid: () => string): string } {
  const literals: string[] = []
  const values: string[] = []
  let from = 0
  for (const match of text.matchAll(new RegExp(`${uid}|${time}|${milliseconds}`, 'g'))) {
    literals.push(text.slice(from, match.index))
    values.push(match[0])
    from = match.index + match[0].length
  }
  const end = text.slice(from)
  return {
    write(laterByMs, newUid) {
      const uids = new Map<string, string>()
      const renewed = (value: string) => {
        if (value.length === 36) {
          const known = uids.get(value) ?? newUid()
          uids.set(value, known)
          return known
        }
        return value.includes('T') ? later(value, laterByMs) : String(Number(value) + laterByMs)
      }
      return literals.map((literal, index) => literal + renewed(values[index] ?? '')).join('') + end
    },
  }
}

/** Keeps the number of digits behind the second, which tells Time from MicroTime. */
function later(value: string, ms: number): string {
  const digits = /\.(\d+)Z$/.exec(value)?.[1]
  const moved = new Date(Date.parse(value) + ms).toISOString()
  if (digits === undefined) return `${moved.slice(0, 19)}Z`
  return `${moved.slice(0, 23)}${digits.slice(3)}Z`
}
