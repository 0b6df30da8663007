// endpoints: what stands behind a Service, as its EndpointSlices say: how many ready addresses, which ports, whose.
import type { CheckKindDefinition } from '../check-kind.ts'
import { endpointsFor } from '../diagnosis/service.ts'
import { formatLabels, isReady } from '../kubernetes-reader.ts'

export const endpointsCheck: CheckKindDefinition<'endpoints'> = {
  kind: 'endpoints',
  changesCluster: () => false,
  async run(check, { api }) {
    const { service: name, namespace, expect } = check
    const did = `kubectl get endpointslices -n ${namespace} -l kubernetes.io/service-name=${name}`
    const service = await api.service(namespace, name)
    if (!service) {
      const message = `Looked for Service ${name} in namespace ${namespace}, found none. See kubectl get services -n ${namespace}.`
      const data = { exists: false }
      return {
        score: 0,
        failingHop: 'service',
        message,
        observations: [{ did, found: 'no Service', hops: [], data }],
        data,
      }
    }
    const slices = await api.slicesOf(namespace, name)
    const found = slices.flatMap((slice) =>
      (slice.ports ?? []).map((port) => endpointsFor([slice], port.name)),
    )
    const ready = [...new Set(slices.flatMap((slice) => endpointsFor([slice], undefined).ready))]
    const ports = [...new Set(found.flatMap((one) => one.ports))]
    const selector = formatLabels(service.spec?.selector)
    const selected = selector === '<none>' ? [] : await api.pods(namespace, selector)
    const intended = expect.exactlyPods ? await api.pods(namespace, expect.exactlyPods) : []
    const intendedAddresses = intended.filter(isReady).map((pod) => pod.status?.podIP ?? '')
    const strangers = expect.exactlyPods
      ? ready.filter((address) => !intendedAddresses.includes(address))
      : []
    const all = await api.pods(namespace)
    const strangerPods = strangers.map(
      (one) => all.find((pod) => pod.status?.podIP === one)?.metadata?.name ?? one,
    )
    const data = {
      exists: true,
      ready: ready.length,
      ports,
      selector,
      type: service.spec?.type,
      matchingPods: selected.length,
      readyPods: selected.filter(isReady).length,
      strangers: strangerPods,
      missing: intendedAddresses.filter((address) => !ready.includes(address)).length,
    }
    const problems: string[] = []
    if (expect.ready !== undefined && ready.length !== expect.ready) {
      const why =
        selected.length === 0
          ? `its selector ${selector} matches 0 pods. Compare it with kubectl get pods --show-labels.`
          : `its selector ${selector} matches ${selected.length} pod(s), ${data.readyPods} of them ready. See kubectl get pods -l ${selector}.`
      problems.push(`Looked for ${expect.ready} ready endpoints of ${name}, found ${ready.length}: ${why}`)
    }
    if (strangerPods.length > 0) {
      problems.push(
        `${strangerPods.join(', ')} stand behind ${name} and should not: a selector takes every pod that carries all its labels. Compare ${selector} with kubectl get pods --show-labels.`,
      )
    } else if (expect.exactlyPods && data.missing > 0 && problems.length === 0) {
      problems.push(
        `${data.missing} pod(s) with ${expect.exactlyPods} are missing behind ${name}; its selector is ${selector}.`,
      )
    }
    if (expect.ports?.some((port) => !ports.includes(port)) && problems.length === 0) {
      problems.push(
        `Looked for endpoints on port ${expect.ports.join(', ')}, found ${ports.join(', ') || 'none'}. The PORTS column of the EndpointSlice is what kube-proxy dials; targetPort says it.`,
      )
    }
    return {
      score: problems.length === 0 ? 1 : 0,
      failingHop: 'endpoints',
      message:
        problems.join(' ') ||
        `${name} has ${ready.length} ready endpoints${ports.length > 0 ? ` on ${ports.join(', ')}` : ''}.`,
      observations: [
        {
          did,
          found: `${ready.length} ready (${ready.join(', ') || 'none'}), ports ${ports.join(', ') || 'none'}`,
          hops: [],
          data,
        },
      ],
      data,
    }
  },
}
