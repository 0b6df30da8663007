// What engines say when they do not work, in words a person understands, with the command that mends it.
import { AppError } from '../../../contract/errors.ts'
import type { EngineName } from './engine.ts'

export interface Trouble {
  readonly what: string
  readonly mend: string
}

interface KnownTrouble extends Trouble {
  readonly engine: EngineName
  readonly says: RegExp
}

const isMac = process.platform === 'darwin'

/** The first that matches counts. The words are those of the engines' command lines (docker/cli, containers/podman, nerdctl). */
const known: readonly KnownTrouble[] = [
  {
    engine: 'docker',
    says: /permission denied while trying to connect to the docker/i,
    what: 'Docker runs, but this user may not use it (permission denied on its socket).',
    mend: 'sudo usermod -aG docker "$USER", then log in again',
  },
  {
    engine: 'docker',
    says: /cannot connect to the docker daemon|failed to connect to the docker api|error during connect/i,
    what: 'Docker is installed, but its daemon does not run.',
    mend: isMac ? 'open -a Docker' : 'sudo systemctl start docker',
  },
  {
    engine: 'podman',
    says: /subuid|subgid|newuidmap|newgidmap/i,
    what: 'Podman cannot map users for rootless containers.',
    mend: 'sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 "$USER" && podman system migrate',
  },
  {
    engine: 'podman',
    says: /cannot connect to podman|unable to connect to podman/i,
    what: 'Podman is installed, but its service or machine does not run.',
    mend: isMac ? 'podman machine start' : 'systemctl --user start podman.socket',
  },
  {
    engine: 'nerdctl',
    says: /rootless containerd not running/i,
    what: 'nerdctl is installed, but no rootless containerd runs.',
    mend: 'containerd-rootless-setuptool.sh install (or run Fairlead as root)',
  },
  {
    engine: 'nerdctl',
    says: /containerd\.sock.*permission denied/is,
    what: 'containerd runs, but this user may not use it (permission denied on its socket).',
    mend: 'containerd-rootless-setuptool.sh install (or run Fairlead as root)',
  },
  {
    engine: 'nerdctl',
    says: /cannot access containerd socket|containerd\.sock/i,
    what: 'nerdctl is installed, but containerd does not run.',
    mend: 'sudo systemctl start containerd',
  },
]

const titles: Readonly<Record<EngineName, string>> = {
  docker: 'Docker',
  podman: 'Podman',
  nerdctl: 'nerdctl',
}

export const engineTitle = (name: EngineName): string => titles[name]

export function knownTrouble(engine: EngineName, stderr: string): Trouble | undefined {
  return known.find((one) => one.engine === engine && one.says.test(stderr))
}

/** An engine's command that failed: its first useful line as the message, all of it as the log. */
export function engineFailure(
  engine: EngineName,
  args: readonly string[],
  failure: { readonly stderr: string; readonly exitCode?: number; readonly cause?: unknown },
): AppError {
  const command = [engine, ...args.filter((arg) => !arg.startsWith('-')).slice(0, 2)].join(' ')
  const trouble = knownTrouble(engine, failure.stderr)
  if (trouble) {
    const hint = `To mend it: ${trouble.mend}`
    return new AppError('PROVIDER_FAILED', trouble.what, { hint, log: failure.stderr, cause: failure.cause })
  }
  const line =
    firstUsefulLine(failure.stderr) ?? `it ended with exit code ${failure.exitCode} and said nothing`
  return new AppError('PROVIDER_FAILED', `${command}: ${line}`, { log: failure.stderr, cause: failure.cause })
}

/** Whether an engine's command failed because the thing it names is not there (any more). */
export function isMissing(error: unknown): boolean {
  return (
    error instanceof AppError && /no such|not found|no container with|unable to find/i.test(error.log ?? '')
  )
}

function firstUsefulLine(stderr: string): string | undefined {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const line =
    lines.find((one) => /error response from daemon|level=(fatal|error)/i.test(one)) ??
    lines.find((one) => !/^(time=\S+ level=(warn|info|debug)|warning:|see )/i.test(one)) ??
    lines[0]
  return line
    ?.replace(/^time="[^"]*" level=(?:fatal|error) msg="(.*)"$/, '$1')
    .replace(/^((docker|podman|nerdctl): )?(error: )?(error response from daemon: )?/i, '')
}
