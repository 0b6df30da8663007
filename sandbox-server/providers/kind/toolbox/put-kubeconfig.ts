// Puts the learner's kubeconfig into the toolbox, readable for the learner alone.
import type { ContainerEngine } from '../engine/engine.ts'

/** By standard input: arguments and environment of a program can be read by others on the machine. */
export async function putKubeconfig(
  engine: ContainerEngine,
  container: string,
  kubeconfig: string,
  signal?: AbortSignal,
): Promise<void> {
  await engine.run(['exec', '-i', container, '/usr/local/lib/fairlead/put-kubeconfig'], {
    input: kubeconfig,
    ...(signal && { signal }),
  })
}
