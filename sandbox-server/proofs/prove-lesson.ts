// An exercise proves itself: its checks fail on start/, pass on solution/, and every wrong/ answer earns what it says it earns.
import { randomUUID } from 'node:crypto'
import { pointsOf, runChecks } from '../checks/run-checks.ts'
import type { CheckResult, QuizAnswers } from '../contract/check.ts'
import type { Exercise, WrongAnswer } from '../contract/lesson.ts'
import type { LessonSource } from '../lessons-catalog/lesson-source.ts'
import type { TextFile } from '../platform/files.ts'
import type { Timers } from '../platform/host-timers.ts'
import type { Cluster, ClusterProvider } from '../providers/provider.ts'
import { settled } from './settled.ts'

export interface Proof {
  /** `start`, `solution` or `wrong/<name>`. */
  readonly part: string
  readonly points: number
  /** What it should have earned, as text. */
  readonly expected: string
  /** What does not hold; empty where the proof holds. */
  readonly problems: readonly string[]
  readonly durationMs: number
  /** Why it was not tried: the provider cannot make the exercise's cluster. */
  readonly leftOut?: string
}

export interface ProofOptions {
  readonly provider: ClusterProvider
  readonly timers: Timers
  readonly signal: AbortSignal
}

/** Why the provider cannot prove the lesson, in one sentence. */
export function unprovable({ exercise }: LessonSource, provider: ClusterProvider): string | undefined {
  if (exercise.provider !== undefined && exercise.provider !== provider.name) {
    return `This exercise needs a ${exercise.provider} cluster.`
  }
  return provider.unsupported(exercise.cluster)
}

/** Parts of a lesson's proof, each on a cluster of its own. */
export function proofParts(lesson: LessonSource): string[] {
  return ['start', 'solution', ...lesson.wrong.map(({ name }) => `wrong/${name}`)]
}

/** Never rejects for a lesson that does not hold; rejects at an abort. */
export async function provePart(lesson: LessonSource, part: string, options: ProofOptions): Promise<Proof> {
  const { timers, signal } = options
  const startedAt = timers.now()
  const wrong = lesson.wrong.find(({ name }) => part === `wrong/${name}`)
  const judged: Judged = { part, points: 0, expected: expectation(part, wrong?.answer), problems: [] }
  try {
    const files = part === 'start' ? [] : merged(lesson.solution, wrong?.files ?? [], wrong?.answer.without)
    const quiz = part === 'start' ? {} : { ...rightAnswers(lesson.exercise), ...wrong?.answer.quiz }
    const results = await runOnCluster(
      lesson,
      files,
      { commands: wrong?.answer.commands ?? [], quiz },
      options,
    )
    judged.points = pointsOf(results).points
    judged.problems.push(...judge(lesson.exercise, part, wrong?.answer, results))
  } catch (error) {
    signal.throwIfAborted()
    judged.problems.push(error instanceof Error ? error.message : String(error))
  }
  return { ...judged, durationMs: timers.now() - startedAt }
}

interface Judged {
  readonly part: string
  points: number
  readonly expected: string
  readonly problems: string[]
}

function expectation(part: string, answer: WrongAnswer | undefined): string {
  if (part === 'start') return 'guards only'
  return answer ? String(answer.points) : '100'
}

async function runOnCluster(
  lesson: LessonSource,
  files: readonly TextFile[],
  answer: { readonly commands: readonly string[]; readonly quiz: QuizAnswers },
  { provider, timers, signal }: ProofOptions,
): Promise<CheckResult[]> {
  const { exercise, start } = lesson
  const pick = (paths: readonly string[]) =>
    paths.flatMap((path) => start.find((file) => file.path === path) ?? [])
  const cluster = await provider.create(
    {
      id: `proof-${randomUUID()}`,
      exercise,
      applied: pick(exercise.applied),
      files: pick(exercise.files),
    },
    () => {},
    signal,
  )
  try {
    await applyFiles(cluster, files)
    await settled(cluster, timers, signal)
    await typeCommands(cluster, answer.commands)
    if (answer.commands.length > 0) await settled(cluster, timers, signal)
    return await runChecks({
      exercise,
      client: cluster,
      quiz: answer.quiz,
      clock: clockOf(timers),
      signal,
    })
  } finally {
    await cluster.dispose()
  }
}

async function applyFiles(cluster: Cluster, files: readonly TextFile[]): Promise<void> {
  for (const { path, content } of files) {
    cluster.workspace.write(path, content, 'proof')
    const failed = (await cluster.apply(content)).find((document) => document.outcome === 'failed')
    if (failed) throw new Error(`${path}:${failed.line}: ${failed.object}: ${failed.message}`)
  }
}

async function typeCommands(cluster: Cluster, commands: readonly string[]): Promise<void> {
  if (commands.length === 0) return
  const terminal = await cluster.openTerminal({ columns: 120, rows: 40 })
  const decoder = new TextDecoder()
  let output = ''
  terminal.onOutput((data) => {
    output += decoder.decode(data, { stream: true })
  })
  try {
    for (const command of commands) {
      output = ''
      const exitCode = await terminal.run(command)
      if (exitCode !== 0) throw new Error(`${command} ended with ${exitCode}: ${output.trim()}`)
    }
  } finally {
    terminal.dispose()
  }
}

function judge(
  exercise: Exercise,
  part: string,
  answer: WrongAnswer | undefined,
  results: readonly CheckResult[],
): string[] {
  const problems: string[] = []
  const say = ({ id, outcome, message }: CheckResult) => `${id}: ${outcome}: ${message}`
  for (const result of results) {
    if (result.outcome === 'error') problems.push(say(result))
    const isGuard = exercise.checks.some((check) => check.id === result.id && check.guard)
    if (part === 'start' && !isGuard && result.outcome === 'passed')
      problems.push(`${result.id}: passes on start/ already`)
    if (part === 'start' && isGuard && result.outcome !== 'passed') problems.push(`guard ${say(result)}`)
    if (part === 'solution' && result.outcome !== 'passed') problems.push(say(result))
  }
  if (!answer) return problems
  const { points } = pointsOf(results)
  if (points !== answer.points) {
    const lost = results.filter((result) => result.outcome !== 'passed').map(say)
    problems.push(`earns ${points}, not ${answer.points}`, ...lost)
  }
  for (const [id, text] of Object.entries(answer.messages)) {
    const result = results.find((candidate) => candidate.id === id)
    if (!result) problems.push(`messages.${id}: there is no such check`)
    else if (!result.message.includes(text))
      problems.push(`${id} should say "${text}", says: ${result.message}`)
  }
  return problems
}

function rightAnswers(exercise: Exercise): QuizAnswers {
  return Object.fromEntries(
    exercise.checks.flatMap((check) => {
      const right = check.kind === 'quiz' ? check.options.find((option) => option.correct) : undefined
      return right ? [[check.id, right.id]] : []
    }),
  )
}

function merged(
  files: readonly TextFile[],
  over: readonly TextFile[],
  without: readonly string[] = [],
): TextFile[] {
  const byPath = new Map([...files, ...over].map((file) => [file.path, file]))
  return [...byPath.values()].filter(({ path }) => !without.includes(path))
}

function clockOf(timers: Timers) {
  return {
    now: () => timers.now(),
    sleep: (ms: number) => new Promise<void>((resolve) => timers.setTimeout(resolve, ms)),
  }
}
