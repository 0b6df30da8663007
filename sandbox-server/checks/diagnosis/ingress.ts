// What became of a request that an Ingress controller answered in another way than was asked.
import type { ProbeResult, Target } from '../../contract/cluster.ts'
import type { Ingress, Service } from '../../contract/kubernetes.ts'
import type { CheckContext } from '../check-kind.ts'
import { describeTarget } from '../places.ts'
import type { Diagnosis } from './diagnosis.ts'

export async function diagnoseIngress(
  context: CheckContext,
  host: string,
  target: Target,
  result: ProbeResult,
): Promise<Diagnosis | undefined> {
  const matching = (await context.api.ingresses()).filter((ingress: Ingress) =>
    (ingress.spec?.rules ?? []).some(
      (rule) => !rule.host || rule.host === host || matchesWildcard(rule.host, host),
    ),
  )
  const names = matching.map((ingress) => `${ingress.metadata?.namespace}/${ingress.metadata?.name}`)
  const classes = matching.map((ingress) => ingress.spec?.ingressClassName ?? '<none>')
  const data = {
    hop: 'ingress',
    ingresses: names,
    classes,
    status: result.status,
    ingressBackends: await backendsOf(context, matching),
  }
  if (matching.length === 0) {
    const message = `${describeTarget(target)} was answered ${result.status} by the controller: no Ingress has a rule for ${host}. See kubectl get ingress -A.`
    return { hop: 'ingress', message, data }
  }
  const message = `${describeTarget(target)} was answered ${result.status}: Ingress ${names.join(', ')} (class ${classes.join(', ')}) has a rule for ${host}. Compare its class with kubectl get ingressclass, its backend with kubectl describe ingress, and read the controller's log.`
  return { hop: 'ingress', message, data }
}

async function backendsOf(context: CheckContext, ingresses: readonly Ingress[]) {
  const services = await context.api.services()
  return ingresses.flatMap((ingress) =>
    (ingress.spec?.rules ?? []).flatMap((rule) =>
      (rule.http?.paths ?? []).map(({ backend }) => {
        const name = backend.service?.name
        const same = (one: Service) =>
          one.metadata?.name === name && one.metadata?.namespace === ingress.metadata?.namespace
        return { service: name, port: backend.service?.port, type: services.find(same)?.spec?.type }
      }),
    ),
  )
}

function matchesWildcard(pattern: string, host: string): boolean {
  return pattern.startsWith('*.') && host.split('.').slice(1).join('.') === pattern.slice(2)
}
