// Why kind failed, in words a person understands, from what it and the node printed.
import { AppError } from '../../../contract/errors.ts'

interface Cause {
  readonly says: RegExp
  readonly what: string
  readonly hint: string
  /** Whether another try may well succeed. */
  readonly passing?: boolean
}

/** The first that matches counts: what is special comes before what is general. */
const causes: readonly Cause[] = [
  {
    says: /no space left on device|disk quota exceeded/i,
    what: 'The disk of this machine is full.',
    hint: 'Make room where the container engine keeps its data: docker system df tells what takes it. A node takes about 2 GB.',
  },
  {
    says: /too many open files|inotify_(init|add_watch)|fs\.inotify|inotify watch limit/i,
    what: 'This machine allows too few inotify watches for another cluster.',
    hint: 'Run: sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512',
  },
  {
    says: /port is already allocated|address already in use|ports are not available|rootlessport.*in use/i,
    what: 'A port that the cluster was to listen on was taken by another program meanwhile.',
    hint: 'Try again: another port is chosen.',
    passing: true,
  },
  {
    says: /failed to pull image|pull access denied|no such image|manifest (for .* not found|unknown)|unable to find image/i,
    what: 'The node image is not on this machine and cannot be pulled.',
    hint: 'Run fairlead images pull where there is a network, or fairlead images load with a bundle.',
  },
  {
    says: /could not find a log line that matches|exec: "\/usr\/local\/bin\/entrypoint"|executable file not found/i,
    what: 'The node container does not start as a Kubernetes node: its image is no node image, or its systemd cannot run here.',
    hint: 'FAIRLEAD_KIND_NODE_IMAGE must name an image that kind made, such as kindest/node.',
  },
  {
    says: /out of memory|oom-kill|cannot allocate memory|exit status 137|exited, exit code 137/i,
    what: 'The memory of this machine, or the limit of the node, does not suffice.',
    hint: 'Close other clusters, or raise FAIRLEAD_KIND_NODE_MEMORY_MB. A control plane takes about 600 MB.',
  },
  {
    says: /resource temporarily unavailable|failed to create new OS thread|runc did not terminate successfully: exit status 2/i,
    what: 'The node may not start enough processes.',
    hint: 'Raise FAIRLEAD_KIND_NODE_PIDS.',
  },
  {
    says: /unrecognized feature gate/i,
    what: 'This version of Kubernetes does not know a feature gate that the lesson asks for.',
    hint: 'Take the node image that the lesson was written for; the log names the feature gate.',
  },
  {
    says: /configured to not run on a host using cgroup v1|cgroup v1 (is not|support is) |failed to (initialize|create|get).{0,40}cgroup|cgroup.*(not mounted|no such file)|misconfiguration: kubelet cgroup driver/i,
    what: 'The kubelet does not get along with the control groups of this machine.',
    hint: 'Kubernetes asks for cgroup v2: boot with systemd.unified_cgroup_hierarchy=1, or take a node image that allows v1.',
  },
  {
    says: /address already allocated|is already in use by container|conflict\. the container name/i,
    what: 'Something with the name or address of this cluster is there already.',
    hint: 'Run fairlead sandbox gc, then try again.',
    passing: true,
  },
  {
    says: /kubelet (is not|isn't) (running or )?healthy|10248\/healthz.*(refused|failed)/i,
    what: 'The kubelet of a node does not get healthy.',
    hint: 'The log below holds its last words. Often the machine lacks CPU, memory or inotify watches.',
  },
  {
    says: /control plane component may have crashed/i,
    what: 'A part of the control plane does not start.',
    hint: 'The log below names it. Often the machine lacks CPU, memory or inotify watches.',
  },
  {
    says: /cannot connect to the docker daemon|is the docker daemon running|error during connect/i,
    what: 'The container engine went away meanwhile.',
    hint: 'Start it again: sudo systemctl start docker.',
  },
  {
    says: /context deadline exceeded|timed out|client rate limiter wait/i,
    what: 'The control plane did not answer in time.',
    hint: 'This machine is too busy, or has too little CPU. Try again with fewer clusters.',
  },
]

/** Of the log, the end: the message's sentence comes from there. */
const logLimit = 32 * 1024

/** `output`: kind's own lines; `nodeLog`: what the nodes had to say. */
export function kindFailure(output: string, nodeLog = ''): AppError {
  const cause = findCause(`${output}\n${nodeLog}`)
  const said = output
    .split('\n')
    .filter((line) => !chatter.test(line))
    .join('\n')
  const log = endOf(nodeLog === '' ? said : `${endOf(said, logLimit / 2)}\n${nodeLog}`, logLimit)
  if (cause) return new AppError('PROVIDER_FAILED', cause.what, { hint: cause.hint, log })
  const reason = firstError(output)
  return new AppError('PROVIDER_FAILED', `kind could not make the cluster${reason ? `: ${reason}` : ''}.`, {
    hint: 'The log tells what it was doing. Try again; if it fails again, run fairlead doctor.',
    log,
  })
}

/** Whether it may well go right at once, such as a port that somebody took in between. */
export function isPassing(error: unknown): boolean {
  return (
    error instanceof AppError &&
    causes.some(({ what, passing }) => passing === true && what === error.message)
  )
}

function findCause(text: string): Cause | undefined {
  const telling = text.split('\n').filter((line) => !noise.some((one) => one.test(line)))
  return causes.find(({ says }) => says.test(telling.join('\n')))
}

/** Of kubeadm: every request that it makes, and where in its source it failed. */
const chatter =
  /^I\d{4} .*round_trippers\.go|^(k8s\.io|github\.com)\/.*\.|^(main|runtime)\.\w+$|^\t.*\.(go|s):\d+$/

/** What is printed where all goes well, too: kind's warnings, what kubeadm tells of its requests, what it is about to wait for. */
const noise = [
  /^cgroup v1 is deprecated/,
  /^WARNING: /,
  /^I\d{4} /,
  /^\[kubelet-check\] Waiting/,
  /^k8s\.io\/|^\t/,
]

/** kind's last word: `ERROR: failed to create cluster: failed to init node with kubeadm: ...`. */
function firstError(output: string): string | undefined {
  const line = output.split('\n').find((one) => one.startsWith('ERROR: '))
  return line
    ?.replace(/^ERROR: (failed to create cluster: )?/, '')
    .replace(/[.:]?\s*$/, '')
    .slice(0, 300)
}

/** At most `limit` bytes of the end, from a whole line on. */
export function endOf(text: string, limit: number): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= limit) return text
  const end = bytes.subarray(bytes.length - limit).toString()
  return end.slice(end.indexOf('\n') + 1)
}
