// traffic: new connections from a vantage point to a target, and what came back: answers, bodies, backends, client address.
import type { CheckOf, Observation } from '../../contract/check.ts'
import type { ProbeResult, Target, Vantage } from '../../contract/cluster.ts'
import type { Pod } from '../../contract/kubernetes.ts'
import type { CheckContext, CheckKindDefinition, Finding } from '../check-kind.ts'
import { diagnose } from '../diagnosis/diagnose.ts'
import { isReady } from '../kubernetes-reader.ts'
import { describeTarget, describeVantage, NoSuchPlace, resolveTarget, resolveVantage } from '../places.ts'

type TrafficCheck = CheckOf<'traffic'>

export const trafficCheck: CheckKindDefinition<'traffic'> = {
  kind: 'traffic',
  changesCluster: (check) => check.after !== undefined,
  async run(check, context) {
    try {
      if (check.after) await replaceOnePod(check.after.replaceOnePodOf, check.after.namespace, context)
      const from = await resolveVantage(context, check.from)
      const target = await resolveTarget(context, check.to)
      const finding = await judge(check, context, from, target)
      return check.after ? await judgeAgain(finding, check, context, from, target) : finding
    } catch (error) {
      if (!(error instanceof NoSuchPlace)) throw error
      return { score: 0, message: error.message, observations: [], data: { outcome: 'not-there' } }
    }
  },
}

/** A change reaches the rules of every node a moment after the pod is ready: at most 5 s are granted. */
async function judgeAgain(
  first: Finding,
  check: TrafficCheck,
  context: CheckContext,
  from: Vantage,
  target: Target,
): Promise<Finding> {
  const deadline = context.clock.now() + 5_000
  let finding = first
  while (finding.score < 1 && context.clock.now() < deadline) {
    await context.clock.sleep(250, context.signal)
    finding = await judge(check, context, from, target)
  }
  return finding
}

async function judge(
  check: TrafficCheck,
  context: CheckContext,
  from: Vantage,
  target: Target,
): Promise<Finding> {
  const results: ProbeResult[] = []
  // In small groups: new connections side by side, as clients make them, without drowning the cluster.
  for (let sent = 0; sent < check.connections; sent += 10) {
    const group = Array.from({ length: Math.min(10, check.connections - sent) }, () =>
      context.client.probe(from, target, context.signal),
    )
    results.push(...(await Promise.all(group)))
    const last = results.at(-1)
    if (
      last &&
      last.outcome !== 'answered' &&
      sent === 0 &&
      results.every((one) => one.outcome !== 'answered')
    )
      break
  }
  const data = await summarise(check, context, from, results)
  const did = `${describeVantage(from)} -> ${describeTarget(target)}${check.connections > 1 ? `, ${check.connections} new connections` : ''}`
  const example = results.find((one) => !fits(check, one)) ?? results[0]
  const observation: Observation = {
    did,
    found: foundIn(data, example),
    hops: [...(example?.hops ?? [])],
    data,
  }
  const problem = problemOf(check, from, target, data)
  if (!problem) {
    return { score: 1, message: `${did}: ${foundIn(data, example)}.`, observations: [observation], data }
  }
  const diagnosis = example && (await diagnose(context, from, target, example))
  const message = diagnosis && !data.answersDiffer ? diagnosis.message : problem
  const all = { ...diagnosis?.data, ...data }
  return {
    score: 0,
    message,
    failingHop: diagnosis?.hop,
    observations: [{ ...observation, data: all }],
    data: all,
  }
}

function fits(check: TrafficCheck, result: ProbeResult): boolean {
  const wanted = check.expect.outcome
  if (wanted === 'blocked') return ['refused', 'timeout', 'unreachable'].includes(result.outcome)
  if (result.outcome !== wanted) return false
  if (check.expect.status !== undefined && result.status !== check.expect.status) return false
  if (check.expect.body !== undefined && !(result.body ?? '').includes(check.expect.body)) return false
  if (!isForName(result, check.expect.certificateName)) return false
  return !check.expect.everyBody || new RegExp(check.expect.everyBody).test(result.body ?? '')
}

/** Whether a client that asks for this name takes the certificate's names for it: `*` stands for one label (RFC 6125, 6.4.3). */
function isForName(result: ProbeResult, wanted: string | undefined): boolean {
  if (wanted === undefined) return true
  const parent = wanted.split('.').slice(1).join('.')
  return (result.certificate?.names ?? []).some((name) => name === wanted || name === `*.${parent}`)
}

async function summarise(
  check: TrafficCheck,
  context: CheckContext,
  from: Vantage,
  results: readonly ProbeResult[],
) {
  const bodies = [...new Set(results.flatMap((one) => (one.body === undefined ? [] : [one.body.trim()])))]
  const pattern = check.expect.everyBody
  const strangers = pattern
    ? results.filter((one) => one.outcome === 'answered' && !new RegExp(pattern).test(one.body ?? '')).length
    : 0
  const expected = check.expect.clientAddress
  const wantedAddress = expected === 'vantage' ? await addressOfVantage(context, from) : expected
  const seen = bodies[0]?.replace(/:\d+$/, '')
  const fitting = results.filter((one) => fits(check, one)).length
  const certificate = certificateIn(check, results)
  return {
    outcome: results.find((one) => !fits(check, one))?.outcome ?? results[0]?.outcome,
    status: results.find((one) => !fits(check, one))?.status ?? results[0]?.status,
    connections: results.length,
    answered: results.filter((one) => one.outcome === 'answered').length,
    fitting,
    backends: bodies.length,
    bodies: bodies.slice(0, 8).map((body) => body.slice(0, 200)),
    strangers,
    address: results[0]?.address,
    detail: results.find((one) => one.outcome !== 'answered')?.detail,
    ...(wantedAddress ? { seenAddress: seen, wantedAddress } : {}),
    ...(certificate ? { certificate } : {}),
    /** Everything was answered, by the wrong one or in the wrong way: the hops are not to blame. */
    answersDiffer:
      results.every((one) => one.outcome === 'answered') &&
      (check.expect.status === undefined || fitting > 0 || strangers > 0 || certificate?.fits === false),
  }
}

/** What the certificates say, one that is not for the wanted name before others. */
function certificateIn(check: TrafficCheck, results: readonly ProbeResult[]) {
  const wanted = check.expect.certificateName
  const wrong = results.find((one) => one.certificate && !isForName(one, wanted))
  const shown = (wrong ?? results[0])?.certificate
  if (!shown) return undefined
  const { subject, issuer, names, notAfter } = shown
  const expires = new Date(notAfter).toISOString()
  return { subject, issuer, names: names.join(', '), expires, fits: wrong === undefined }
}

type Summary = Awaited<ReturnType<typeof summarise>>

function problemOf(check: TrafficCheck, from: Vantage, target: Target, data: Summary): string | undefined {
  const { expect } = check
  const who = describeVantage(from)
  const what = describeTarget(target)
  if (data.strangers > 0) {
    return `${data.strangers} of ${data.connections} answers from ${what} came from another pod than was asked for. Compare the Service's selector with kubectl get pods --show-labels.`
  }
  if (data.certificate?.fits === false) {
    return `${who} -> ${what}: looked for a certificate for ${expect.certificateName}, was shown ${data.certificate.subject || 'one without a subject'} for ${data.certificate.names || 'no name'}. Compare the Secret with kubectl describe ingress.`
  }
  if (data.fitting < data.connections) {
    const wanted =
      expect.status === undefined ? expect.outcome : `${expect.outcome} with status ${expect.status}`
    const got = data.status === undefined ? data.outcome : `${data.outcome} with status ${data.status}`
    return `${who} -> ${what}: looked for ${wanted}, ${data.fitting} of ${data.connections} were; the others: ${got}.`
  }
  if (expect.backends !== undefined && data.backends !== expect.backends) {
    return `${data.connections} connections were answered by ${data.backends} backend(s), looked for ${expect.backends}. See kubectl get endpointslices.`
  }
  if (data.wantedAddress !== undefined && data.seenAddress !== data.wantedAddress) {
    return `The server saw ${data.seenAddress}, looked for ${data.wantedAddress}. Which node rewrote the source address?`
  }
  return undefined
}

function foundIn(data: Summary, example: ProbeResult | undefined): string {
  if (data.answered === 0) return `${data.outcome}${example?.detail ? ` (${example.detail})` : ''}`
  const status = example?.status === undefined ? '' : `, status ${example.status}`
  const backends = data.connections > 1 ? `, ${data.backends} different answers` : ''
  return `${data.answered} of ${data.connections} answered${status}${backends}`
}

async function addressOfVantage(context: CheckContext, from: Vantage): Promise<string | undefined> {
  if (from === 'outside' || 'node' in from) return undefined
  return (await context.api.get<Pod>('v1', 'Pod', from.namespace, from.pod))?.status?.podIP
}

/** Deletes one pod and waits until as many as before are ready again, at most 30 s. */
async function replaceOnePod(selector: string, namespace: string, context: CheckContext): Promise<void> {
  const before = (await context.api.pods(namespace, selector)).filter(isReady)
  const victim = before[0]
  if (!victim)
    throw new NoSuchPlace(
      `Looked for a ready pod with ${selector} to replace, found none. See kubectl get pods -n ${namespace}.`,
    )
  const path = await context.api.path('v1', 'Pod', namespace, victim.metadata?.name)
  await context.api.request('DELETE', `${path}?gracePeriodSeconds=0`)
  const deadline = context.clock.now() + 30_000
  while (context.clock.now() < deadline) {
    await context.clock.sleep(100, context.signal)
    const now = (await context.api.pods(namespace, selector)).filter(isReady)
    if (now.length >= before.length && now.every((pod) => pod.metadata?.uid !== victim.metadata?.uid)) return
  }
  throw new NoSuchPlace(
    `Pod ${victim.metadata?.name} was replaced by the check, and its successor was not ready after 30 s. See kubectl get pods -n ${namespace}.`,
  )
}
