// The few things that a page asks for once, over HTTP.
import { type Attempt, attemptSchema } from '../../sandbox-server/contract/check.ts'
import {
  attemptsSchema,
  clusterChoicesSchema,
  errorBodySchema,
  type Progress,
  progressSchema,
  sandboxBodySchema,
  solutionSchema,
} from '../../sandbox-server/contract/rest.ts'
import type { ClusterChoice, SandboxState } from '../../sandbox-server/contract/sandbox.ts'
import { Refused } from './connection.ts'
import { routes } from './routes.ts'

/** What the server said instead, for the person. */
export class RestError extends Error {}

async function failure(response: Response): Promise<RestError> {
  const parsed = errorBodySchema.safeParse(await response.json().catch(() => undefined))
  if (!parsed.success) return new RestError(`The server answered ${response.status}. Try again in a moment.`)
  const { message, hint } = parsed.data.error
  return new RestError(hint === undefined ? message : `${message} ${hint}`)
}

export async function locateSandbox(slug: string): Promise<{ url: string; sandbox: SandboxState }> {
  const response = await fetch(routes.sandbox(slug), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  if (response.status >= 400 && response.status < 500 && response.status !== 429) {
    throw new Refused((await failure(response)).message)
  }
  if (!response.ok) throw await failure(response)
  const { sandbox } = sandboxBodySchema.parse(await response.json())
  const url = new URL(routes.socket(slug), location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return { url: url.href, sandbox }
}

/** Undefined where the server does not say: the page then offers no choice. */
export async function fetchClusterChoices(slug: string): Promise<readonly ClusterChoice[] | undefined> {
  const response = await fetch(routes.clusters(slug)).catch(() => undefined)
  if (response === undefined || !response.ok) return undefined
  const parsed = clusterChoicesSchema.safeParse(await response.json().catch(() => undefined))
  return parsed.success ? parsed.data.choices : undefined
}

/** Undefined where there is no server or no progress yet: the page is quiet about it. */
export async function fetchProgress(): Promise<Progress | undefined> {
  const response = await fetch(routes.progress).catch(() => undefined)
  if (response === undefined || !response.ok) return undefined
  const parsed = progressSchema.safeParse(await response.json().catch(() => undefined))
  return parsed.success ? parsed.data : undefined
}

/** The newest attempt of an earlier visit. */
export async function fetchLastAttempt(slug: string): Promise<Attempt | undefined> {
  const response = await fetch(routes.attempts(slug)).catch(() => undefined)
  if (response === undefined || !response.ok) return undefined
  const parsed = attemptsSchema.safeParse(await response.json().catch(() => undefined))
  if (!parsed.success) return undefined
  const newest = parsed.data.attempts.toSorted((a, b) => b.startedAt - a.startedAt)[0]
  return newest === undefined ? undefined : attemptSchema.parse(newest)
}

export async function fetchSolution(slug: string): Promise<readonly { path: string; content: string }[]> {
  const response = await fetch(routes.solution(slug))
  if (!response.ok) throw await failure(response)
  return solutionSchema.parse(await response.json()).files
}

/** Predictions and quizzes are kept and never graded; without a server the answer lives as long as the page. */
export async function storeAnswer(slug: string, id: string, option: string): Promise<void> {
  await fetch(routes.answer(slug, id), {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ option }),
  }).catch(() => undefined)
}
