// Judges what was found: what forbids kind clusters, what only makes them fewer, and the command that mends each.
import type { Availability } from '../../provider.ts'
import { engineTitle } from '../engine/engine-trouble.ts'
import type { EngineFindings, Findings } from './findings.ts'

interface Verdict {
  readonly what: string
  readonly mend: string
  /** Clusters can be made all the same. */
  readonly isNote?: boolean
}

const gibibyte = 2 ** 30
/** Of a cluster of one node with an exercise and the learner's terminal, and some to spare. */
const leastMemory = 2.5 * gibibyte
/** A node image of 1.5 GB and some 2 GB of each node that runs. */
const leastDisk = 10e9
/** The first with the configuration and the load balancer that we use; tested with `wantedKind`. */
const leastKind = [0, 27] as const
const wantedKind = 'v0.33.0'
/** As kind's page of known issues advises ("too many open files"), and what kernels have had by default. */
const advisedInotify = { watches: 524_288, instances: 512 }
const leastInotify = { watches: 8192, instances: 128 }

export function judgeAvailability(findings: Findings): Availability {
  const { engine } = findings
  const verdicts = [
    ...findings.troubles,
    ...judgeKind(findings),
    ...(engine
      ? [...judgeLimits(findings, engine), ...judgeRoom(findings, engine), ...judgeImages(engine)]
      : []),
    ...judgeInotify(findings),
  ]
  const missing = verdicts.filter((one) => !isNote(one)).map(({ what, mend }) => ({ what, mend }))
  const notes = verdicts.filter(isNote).map(({ what, mend }) => `${what} To mend it: ${mend}`)
  return { available: missing.length === 0, missing, ...(notes.length > 0 && { notes }) }
}

const isNote = (verdict: Verdict): boolean => verdict.isNote === true

function judgeKind({ kindVersion }: Findings): Verdict[] {
  const mend = `go install sigs.k8s.io/kind@${wantedKind} (or see https://kind.sigs.k8s.io/docs/user/quick-start/#installation)`
  if (kindVersion === undefined) return [{ what: 'The program kind is not installed or not on PATH.', mend }]
  const [, major, minor] = /\bv?(\d+)\.(\d+)\.\d+/.exec(kindVersion) ?? []
  if (major === undefined)
    return [{ what: `The program kind does not tell its version: ${kindVersion}`, mend }]
  const isOld = Number(major) === leastKind[0] && Number(minor) < leastKind[1]
  if (!isOld) return []
  const [said] = kindVersion.split(' go')
  return [{ what: `${said} is too old: at least v${leastKind.join('.')} is needed.`, mend }]
}

/** https://kind.sigs.k8s.io/docs/user/rootless/ says what rootless engines need. */
function judgeLimits({ nodeImage }: Findings, { name, facts }: EngineFindings): Verdict[] {
  const title = engineTitle(name)
  const unified =
    "sudo grubby --update-kernel=ALL --args='systemd.unified_cgroup_hierarchy=1' and restart (on Debian and Ubuntu: add it to GRUB_CMDLINE_LINUX in /etc/default/grub, sudo update-grub)"
  if (facts.cgroupVersion === 1 && facts.isRootless) {
    return [{ what: `Rootless ${title} needs cgroup v2 for kind, and this machine has v1.`, mend: unified }]
  }
  const verdicts: Verdict[] = []
  if (facts.cgroupVersion === 1) {
    const isStock = /^(docker\.io\/)?kindest\/node\b/.test(nodeImage)
    verdicts.push({
      what: isStock
        ? `This machine has cgroup v1, on which the kubelet of ${nodeImage.split('@')[0]} does not start.`
        : 'This machine has cgroup v1, which Kubernetes no longer supports; it works with this node image.',
      mend: unified,
      isNote: !isStock,
    })
  }
  if (facts.missingLimits.length > 0) {
    verdicts.push({
      what: `${title} cannot limit ${facts.missingLimits.join(', ')} of containers, which kind and the learners' terminals need.`,
      mend: facts.isRootless
        ? "sudo mkdir -p /etc/systemd/system/user@.service.d && printf '[Service]\\nDelegate=yes\\n' | sudo tee /etc/systemd/system/user@.service.d/delegate.conf && sudo systemctl daemon-reload, then log in again"
        : 'boot with the cgroup controllers memory, cpu and pids (kernel argument cgroup_enable=memory)',
    })
  }
  return verdicts
}

function judgeRoom({ availableMemory }: Findings, engine: EngineFindings): Verdict[] {
  const { name, facts, freeDisk, hasClusters } = engine
  const verdicts: Verdict[] = []
  // The machine of an engine whose folder this one does not have is virtual, and only its size is known.
  const isHere = freeDisk !== undefined
  const memory = isHere ? Math.min(availableMemory, facts.memoryBytes) : facts.memoryBytes
  if (memory < leastMemory) {
    verdicts.push({
      what: `${amount(memory)} of memory ${isHere ? 'are free' : `are ${engineTitle(name)}'s`}; a cluster needs ${amount(leastMemory)}.`,
      mend: isHere
        ? 'end other programs (ps aux --sort=-rss | head shows the largest)'
        : name === 'podman'
          ? 'podman machine stop && podman machine set --memory 6144 && podman machine start'
          : 'give its virtual machine more memory in its settings',
      isNote: hasClusters,
    })
  }
  if (freeDisk !== undefined && freeDisk < leastDisk) {
    verdicts.push({
      what: `${(freeDisk / 1e9).toFixed(1)} GB are free on the disk of ${facts.root}; a cluster needs ${leastDisk / 1e9} GB.`,
      mend: `${name} system prune (${name} system df shows what it would free)`,
      isNote: hasClusters,
    })
  }
  return verdicts
}

const amount = (bytes: number) => `${(bytes / gibibyte).toFixed(1)} GiB`

function judgeImages({ missingImages }: EngineFindings): Verdict[] {
  if (missingImages.length === 0) return []
  const names = missingImages.map((image) => image.split('@')[0]).join(' and ')
  const be = missingImages.length === 1 ? 'is' : 'are'
  return [{ what: `${names} ${be} not on this machine.`, mend: 'fairlead images pull' }]
}

/** https://kind.sigs.k8s.io/docs/user/known-issues/#pod-errors-due-to-too-many-open-files */
function judgeInotify({ inotify }: Findings): Verdict[] {
  if (!inotify) return []
  const few = (['watches', 'instances'] as const).filter((name) => inotify[name] < advisedInotify[name])
  if (few.length === 0) return []
  const isNote = few.every((name) => inotify[name] >= leastInotify[name])
  const found = few.map((name) => `fs.inotify.max_user_${name} is ${inotify[name]}`).join(' and ')
  const lead = isNote ? 'With several clusters, pods may fail with "too many open files"' : 'Nodes fail'
  return [
    {
      what: `${lead}: ${found}.`,
      mend: `sudo sysctl ${few.map((name) => `fs.inotify.max_user_${name}=${advisedInotify[name]}`).join(' ')}`,
      isNote,
    },
  ]
}
