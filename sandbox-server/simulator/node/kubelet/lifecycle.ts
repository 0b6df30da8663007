// Lifecycle hooks: postStart and preStop as commands, HTTP requests or pauses (pkg/kubelet/lifecycle/handlers.go).
import type { Container } from '../../../contract/kubernetes.ts'
import { execHandler, httpHandler, tcpHandler } from './handlers.ts'
import type { KubeletContext } from './kubelet-parts.ts'
import type { ContainerInstance, PodContainer } from './pod-container.ts'

type Handler = NonNullable<NonNullable<Container['lifecycle']>['preStop']> & { sleep?: { seconds: number } }

/** Gives whether the hook succeeded. */
export async function runHook(
  parts: KubeletContext,
  container: PodContainer,
  instance: ContainerInstance,
  handler: Handler,
  podIp: string,
  signal: AbortSignal,
): Promise<boolean> {
  // Hooks over HTTP have no deadline of their own upstream; a minute stands for "as long as it takes".
  const where = { container: container.spec, podIp, timeoutMs: 60_000, userAgent: 'kube-lifecycle/1.37' }
  if (handler.exec) {
    const done = await execHandler(parts, instance, handler.exec.command ?? [], undefined, signal)
    return done.result === 'success'
  }
  if (handler.httpGet) {
    // Any answer will do: the status is not looked at (runHTTPHandler).
    const done = await httpHandler(
      parts,
      { ...handler.httpGet, port: handler.httpGet.port ?? 80 },
      where,
      signal,
    )
    return done.result !== 'error' && !done.output.startsWith('Get ')
  }
  if (handler.sleep) {
    await parts.clock.sleep(handler.sleep.seconds * 1000, signal)
    return true
  }
  return (
    !handler.tcpSocket || (await tcpHandler(parts, handler.tcpSocket, where, signal)).result === 'success'
  )
}
