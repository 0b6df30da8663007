// Proves many exercises, some clusters at a time, and reports each proof as soon as the lesson's are done.
import { AppError } from '../contract/errors.ts'
import type { LessonCatalog } from '../lessons-catalog/lesson-catalog.ts'
import { type Proof, type ProofOptions, proofParts, provePart, unprovable } from './prove-lesson.ts'

export interface LessonsProof extends ProofOptions {
  readonly catalog: LessonCatalog
  /** All lessons where left out. */
  readonly slug?: string | undefined
  /** Clusters at the same time. */
  readonly jobs: number
  readonly onProof: (slug: string, proof: Proof) => void
}

/** Throws AppError NOT_FOUND for a slug that is none. A broken exercise.yaml is a proof that does not hold. */
export async function proveLessons(options: LessonsProof): Promise<void> {
  const { catalog, slug, jobs, onProof } = options
  for (const candidate of slug === undefined ? catalog.slugs() : [slug]) {
    try {
      const lesson = catalog.get(candidate)
      const leftOut = unprovable(lesson, options.provider)
      if (leftOut !== undefined) {
        onProof(candidate, { part: 'all', points: 0, expected: '', problems: [], durationMs: 0, leftOut })
        continue
      }
      const proofs = await inParallel(proofParts(lesson), jobs, (part) => provePart(lesson, part, options))
      for (const proof of proofs) onProof(candidate, proof)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      // A lesson without an exercise has nothing to prove, unless it was asked for by name.
      if (error.code === 'NOT_FOUND' && slug === undefined) continue
      if (error.code !== 'LESSON_BROKEN') throw error
      const problems = [error.message]
      onProof(candidate, { part: 'exercise.yaml', points: 0, expected: '', problems, durationMs: 0 })
    }
  }
}

async function inParallel<T, R>(
  items: readonly T[],
  jobs: number,
  act: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Map<number, R>()
  const entries = items.entries()
  const worker = async () => {
    for (const [index, item] of entries) results.set(index, await act(item))
  }
  await Promise.all(Array.from({ length: jobs }, worker))
  return items.flatMap((_, index) => results.get(index) ?? [])
}
