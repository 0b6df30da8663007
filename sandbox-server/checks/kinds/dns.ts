// dns: what a name resolves to at a vantage point, with which answer code and how many queries.
import type { Vantage } from '../../contract/cluster.ts'
import type { CheckKindDefinition } from '../check-kind.ts'
import { describeVantage, NoSuchPlace, resolveVantage } from '../places.ts'

export const dnsCheck: CheckKindDefinition<'dns'> = {
  kind: 'dns',
  changesCluster: () => false,
  async run(check, context) {
    const { question, expect } = check
    let from: Vantage
    try {
      from = await resolveVantage(context, check.from)
    } catch (error) {
      if (!(error instanceof NoSuchPlace)) throw error
      return { score: 0, message: error.message, observations: [], data: { code: 'not-there' } }
    }
    const answer = await context.client.resolve(from, question, context.signal)
    const data = {
      code: answer.code,
      answers: answer.answers,
      count: answer.answers.length,
      queries: answer.queries.length,
    }
    const problems: string[] = []
    if (answer.code !== expect.code) problems.push(`looked for ${expect.code}, got ${answer.code}`)
    if (expect.count !== undefined && data.count !== expect.count) {
      problems.push(`looked for ${expect.count} answers, got ${data.count}`)
    }
    const missing = (expect.answers ?? []).filter((one) => !answer.answers.includes(one))
    if (missing.length > 0)
      problems.push(`${missing.join(', ')} not among ${answer.answers.join(', ') || 'no answers'}`)
    if (expect.maxQueries !== undefined && data.queries > expect.maxQueries) {
      problems.push(
        `looked for at most ${expect.maxQueries} queries, ${data.queries} were sent: ${answer.queries.join(', ')}`,
      )
    }
    const who = describeVantage(from)
    const next =
      answer.code === 'TIMEOUT'
        ? 'No DNS server answered: see kubectl -n kube-system get pods -l k8s-app=kube-dns -o wide, and policies that cut port 53.'
        : `See kubectl get services -A, and dig ${question.name} from ${who}.`
    return {
      score: problems.length === 0 ? 1 : 0,
      failingHop: 'name',
      message:
        problems.length === 0
          ? `${question.name} resolves from ${who}: ${answer.answers.join(', ') || answer.code}.`
          : `${question.name} ${question.type} from ${who}: ${problems.join('; ')}. ${next}`,
      observations: [
        {
          did: `${who}: ${question.name} ${question.type}`,
          found: `${answer.code} ${answer.answers.join(', ')}`.trim(),
          hops: [],
          data,
        },
      ],
      data,
    }
  },
}
