// `fairlead lesson prove`: holds every exercise to what it says of itself.
import { defineCommand } from 'citty'
import { AppError } from '../contract/errors.ts'
import type { LessonSource } from '../lessons-catalog/lesson-source.ts'
import { openCatalog, openProofProvider } from '../main.ts'
import { type Proof, proofParts, provePart } from '../proofs/prove-lesson.ts'
import type { ProviderName } from '../providers/provider.ts'
import { table } from './table.ts'

export const lessonProve = defineCommand({
  meta: {
    name: 'prove',
    description:
      'Make clusters and prove exercises: checks fail on start/, pass on solution/, and each wrong/ answer earns its points and messages. Exit code 1 where one does not hold.',
  },
  args: {
    slug: { type: 'positional', required: false, description: 'chapter/lesson; all lessons where left out' },
    provider: {
      type: 'string',
      default: 'simulated',
      description: 'What clusters are made of',
      valueHint: 'NAME',
    },
    lessons: { type: 'string', description: 'The lessons (default lessons)', valueHint: 'FOLDER' },
    speed: {
      type: 'string',
      default: '4',
      description: 'How many times faster than the clock a simulated cluster lives',
      valueHint: 'N',
    },
    jobs: { type: 'string', default: '4', description: 'Clusters at the same time', valueHint: 'N' },
  },
  async run({ args }) {
    const catalog = openCatalog(args.lessons)
    const slugs = args.slug === undefined ? catalog.slugs() : [args.slug]
    const { provider, timers } = await openProofProvider(
      args.provider as ProviderName,
      Number(args.speed) || 1,
    )
    const signal = new AbortController().signal
    const rows: string[][] = []
    let broken = 0
    const report = (slug: string, proof: Proof) => {
      const holds = proof.problems.length === 0
      if (!holds) broken++
      const seconds = (proof.durationMs / 1000).toFixed(1)
      rows.push([
        slug,
        proof.part,
        String(proof.points),
        proof.expected,
        `${seconds} s`,
        holds ? 'holds' : 'BROKEN',
      ])
      for (const problem of proof.problems) process.stderr.write(`${slug} ${proof.part}: ${problem}\n`)
    }
    try {
      for (const slug of slugs) {
        const lesson = read(() => catalog.get(slug), slug, args.slug !== undefined)
        if (!lesson) continue
        if (lesson instanceof AppError) {
          broken++
          process.stderr.write(`${lesson.message}\n`)
          rows.push([slug, 'exercise.yaml', '', '', '', 'BROKEN'])
          continue
        }
        const parts = proofParts(lesson)
        const proofs = await inParallel(parts, Number(args.jobs) || 1, (part) =>
          provePart(lesson, part, { provider, timers, signal }),
        )
        for (const proof of proofs) report(slug, proof)
      }
    } finally {
      await provider.dispose()
    }
    process.stdout.write(table(['LESSON', 'PART', 'POINTS', 'EXPECTED', 'TOOK', 'PROOF'], rows))
    const count = rows.length
    process.stdout.write(
      broken === 0 ? `All ${count} proofs hold.\n` : `${broken} of ${count} proofs do not hold.\n`,
    )
    return broken === 0 ? 0 : 1
  },
})

/** A lesson without an exercise has nothing to prove, unless it was asked for by name. */
function read(
  get: () => LessonSource,
  slug: string,
  isAskedFor: boolean,
): LessonSource | AppError | undefined {
  try {
    return get()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'LESSON_BROKEN') return error
    if (isAskedFor)
      throw new AppError(error.code, `${slug}: ${error.message}`, error.hint ? { hint: error.hint } : {})
    return undefined
  }
}

async function inParallel<T, R>(
  items: readonly T[],
  jobs: number,
  act: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await act(items[index] as T)
    }
  }
  await Promise.all(Array.from({ length: jobs }, worker))
  return results
}
