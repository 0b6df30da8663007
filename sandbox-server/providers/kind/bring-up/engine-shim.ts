// A program in place of the container engine's, first on kind's PATH: gives node containers what kind has no option for, and
// hands everything else on unchanged. It rewrites what kind v0.33 runs, in pkg/cluster/internal/providers/*/provision.go.
import type { ClusterRecord } from '../cluster-record.ts'
import type { EngineName } from '../engine/engine.ts'
import { clusterLabel, roleLabel, serverLabel } from '../labels.ts'
import { nodeVolume } from './cluster-plan.ts'

export interface NodeLimits {
  /** A systemd, a kubelet and some pods: a control plane without load has some 400 processes and threads. */
  readonly pids: number
  readonly memoryMb?: number | undefined
  readonly cpus?: number | undefined
}

export interface EngineShimOptions {
  readonly engine: EngineName
  /** Path of the real program. */
  readonly program: string
  readonly record: Pick<ClusterRecord, 'name' | 'network' | 'nodes'>
  /** The server that it belongs to, for its label. */
  readonly server: string
  readonly limits: NodeLimits
  /** The process that wants the nodes: once it has died, none is made any more. */
  readonly owner: number
}

/** A POSIX shell script, to be named as the engine is. */
export function engineShim({ engine, program, record, server, limits, owner }: EngineShimOptions): string {
  const common = [
    ...['--label', `${serverLabel}=${server}`],
    ...['--label', `${clusterLabel}=${record.name}`],
    ...['--label', `${roleLabel}=node`],
    ...['--pids-limit', String(limits.pids)],
    // The same with swap: a cluster that outgrows its share must not push the machine into swapping.
    ...(limits.memoryMb ? ['--memory', `${limits.memoryMb}m`, '--memory-swap', `${limits.memoryMb}m`] : []),
    ...(limits.cpus ? ['--cpus', String(limits.cpus)] : []),
    // nerdctl has no aliases on a network; there the nodes know each other from /etc/hosts.
    ...(engine === 'nerdctl'
      ? record.nodes.flatMap((node) => ['--add-host', `${node.name}:${node.address}`])
      : []),
  ]
  const cases = record.nodes.map(
    (node) =>
      `  ${node.container}) host=${node.name} address=${node.address} volume=${nodeVolume(node.container)} ;;`,
  )
  return `#!/bin/sh
# Made by Fairlead for kind, for the cluster ${record.name}.
engine=${quote(program)}
name=
[ "$1 $2" = 'run --name' ] && name=$3
case $name in
${cases.join('\n')}
${engine === 'podman' ? podmanVolumes(record) : ''}  *) exec "$engine" "$@" ;;
esac
kill -0 ${owner} 2>/dev/null || exit 1
shift 3
# Each argument moves from the front to the back, changed where it must be.
count=$#
while [ "$count" -gt 0 ]; do
  argument=$1
  shift
  count=$((count - 1))
  case $argument in
    --hostname | --net | --volume)
      value=$1
      shift
      count=$((count - 1))
      case $argument-$value in
        --hostname-*) value=$host ;;
        --net-*) value=${quote(record.network.name)} ;;
        --volume-/var) value=$volume:/var ;;
        --volume-*:/var:*) value=$volume:/var:\${value#*:/var:} ;;
      esac
      set -- "$@" "$argument" "$value"
      ;;
    *) set -- "$@" "$argument" ;;
  esac
done
exec "$engine" run --name "$name" --ip "$address"${engine === 'nerdctl' ? '' : ' --network-alias "$host"'} ${common.map(quote).join(' ')} "$@"
`
}

/**
 * With Podman kind makes a nameless volume for each node first and reads its name from what is printed; `run` then replaces it
 * by ours, so that none needs to be made.
 */
function podmanVolumes(record: Pick<ClusterRecord, 'name'>): string {
  return `  '') case "$1 $2 $3 $4" in
    'volume create --label ${record.name}-'*) echo unused; exit 0 ;;
    *) exec "$engine" "$@" ;;
  esac ;;
`
}

function quote(word: string): string {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
