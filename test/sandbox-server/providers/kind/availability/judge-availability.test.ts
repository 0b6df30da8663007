import { describe, expect, it } from 'vitest'
import type {
  EngineFindings,
  Findings,
} from '../../../../../sandbox-server/providers/kind/availability/findings.ts'
import { judgeAvailability } from '../../../../../sandbox-server/providers/kind/availability/judge-availability.ts'

const gibibyte = 2 ** 30
const engine: EngineFindings = {
  name: 'docker',
  facts: {
    version: '28.5.2',
    isRootless: false,
    cgroupVersion: 2,
    missingLimits: [],
    root: '/var/lib/docker',
    memoryBytes: 16 * gibibyte,
    cpus: 4,
    architecture: 'x86_64',
  },
  freeDisk: 50e9,
  missingImages: [],
  hasClusters: false,
}
const good: Findings = {
  engine,
  troubles: [],
  kindVersion: 'kind v0.33.0 go1.27.2 linux/amd64',
  nodeImage: 'kindest/node:v1.37.0@sha256:abc',
  availableMemory: 8 * gibibyte,
  inotify: { watches: 524_288, instances: 512 },
}
const withEngine = (change: Partial<EngineFindings>, facts: Partial<EngineFindings['facts']> = {}) => ({
  ...good,
  engine: { ...engine, ...change, facts: { ...engine.facts, ...facts } },
})
const missing = (findings: Findings) => judgeAvailability(findings).missing.map(({ what }) => what)

describe('availability of kind', () => {
  it('is given on a machine that has it all', () => {
    expect(judgeAvailability(good)).toEqual({ available: true, missing: [] })
  })

  it('names an engine that does not answer, and the rest that is missing, at once', () => {
    const trouble = {
      what: 'Docker is installed, but its daemon does not run.',
      mend: 'sudo systemctl start docker',
    }
    const found = { ...good, engine: undefined, troubles: [trouble], kindVersion: undefined }
    expect(judgeAvailability(found)).toEqual({
      available: false,
      missing: [
        trouble,
        {
          what: 'The program kind is not installed or not on PATH.',
          mend: 'go install sigs.k8s.io/kind@v0.33.0 (or see https://kind.sigs.k8s.io/docs/user/quick-start/#installation)',
        },
      ],
    })
  })

  it('is refused to a kind that is too old or tells no version', () => {
    expect(missing({ ...good, kindVersion: 'kind v0.26.0 go1.22.1 linux/amd64' })).toEqual([
      'kind v0.26.0 is too old: at least v0.27 is needed.',
    ])
    expect(missing({ ...good, kindVersion: 'segmentation fault' })).toEqual([
      'The program kind does not tell its version: segmentation fault',
    ])
    for (const version of ['kind v0.27.0 go1.23', 'kind version 1.0.0', 'kind v0.34.0-alpha+abc go1.28'])
      expect(missing({ ...good, kindVersion: version })).toEqual([])
  })

  it('needs cgroup v2 with a rootless engine and with the stock node image', () => {
    expect(missing(withEngine({}, { cgroupVersion: 1, isRootless: true }))).toEqual([
      'Rootless Docker needs cgroup v2 for kind, and this machine has v1.',
    ])
    expect(missing(withEngine({}, { cgroupVersion: 1 }))).toEqual([
      'This machine has cgroup v1, on which the kubelet of kindest/node:v1.37.0 does not start.',
    ])
    const own = judgeAvailability({ ...withEngine({}, { cgroupVersion: 1 }), nodeImage: 'example/node:v1' })
    expect(own).toEqual({
      available: true,
      missing: [],
      notes: [expect.stringContaining('it works with this node image. To mend it: ')],
    })
  })

  it('names limits that a rootless engine cannot set', () => {
    const { missing } = judgeAvailability(
      withEngine({}, { isRootless: true, missingLimits: ['cpu', 'pids'] }),
    )
    expect(missing).toEqual([
      {
        what: "Docker cannot limit cpu, pids of containers, which kind and the learners' terminals need.",
        mend: expect.stringContaining('Delegate=yes'),
      },
    ])
  })

  it('needs memory and disk for one cluster, unless clusters of ours already use them', () => {
    const low = { ...withEngine({ freeDisk: 4.2e9 }), availableMemory: 1.5 * gibibyte }
    expect(missing(low)).toEqual([
      '1.5 GiB of memory are free; a cluster needs 2.5 GiB.',
      '4.2 GB are free on the disk of /var/lib/docker; a cluster needs 10 GB.',
    ])
    const running = { ...withEngine({ freeDisk: 4.2e9, hasClusters: true }), availableMemory: 1.5 * gibibyte }
    expect(judgeAvailability(running)).toMatchObject({ available: true, notes: { length: 2 } })
  })

  it("goes by the memory of the engine's virtual machine where it is one", () => {
    const small = withEngine({ name: 'podman', freeDisk: undefined }, { memoryBytes: 2 * gibibyte })
    expect(judgeAvailability({ ...small, inotify: undefined }).missing).toEqual([
      {
        what: "2.0 GiB of memory are Podman's; a cluster needs 2.5 GiB.",
        mend: 'podman machine stop && podman machine set --memory 6144 && podman machine start',
      },
    ])
  })

  it('names images without their digest', () => {
    const images = ['kindest/node:v1.37.0@sha256:abc', 'fairlead/toolbox:1']
    expect(judgeAvailability(withEngine({ missingImages: images })).missing).toEqual([
      {
        what: 'kindest/node:v1.37.0 and fairlead/toolbox:1 are not on this machine.',
        mend: 'fairlead images pull',
      },
    ])
  })

  it("warns of few inotify instances, which many systems have, and refuses fewer than kernels' own default", () => {
    const usual = { ...good, inotify: { watches: 524_288, instances: 128 } }
    expect(judgeAvailability(usual)).toEqual({
      available: true,
      missing: [],
      notes: [
        'With several clusters, pods may fail with "too many open files": fs.inotify.max_user_instances is 128. To mend it: sudo sysctl fs.inotify.max_user_instances=512',
      ],
    })
    expect(judgeAvailability({ ...good, inotify: { watches: 4096, instances: 64 } }).missing).toEqual([
      {
        what: 'Nodes fail: fs.inotify.max_user_watches is 4096 and fs.inotify.max_user_instances is 64.',
        mend: 'sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512',
      },
    ])
  })
})
