// `fairlead lesson prove`: holds every exercise to what it says of itself.
import { defineCommand } from 'citty'
import { AppError } from '../contract/errors.ts'
import { proveLessonsOf } from '../main.ts'
import { untilSignal } from '../platform/process.ts'
import { providerNameOf } from './provider-name.ts'
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
      description: 'What clusters are made of: simulated or kind',
      valueHint: 'NAME',
    },
    lessons: { type: 'string', description: 'The lessons (default lessons)', valueHint: 'FOLDER' },
    speed: {
      type: 'string',
      default: '4',
      description: 'How many times faster than the clock a simulated cluster lives',
      valueHint: 'N',
    },
    jobs: {
      type: 'string',
      description: 'Clusters at the same time (default 4, kind 1)',
      valueHint: 'N',
    },
  },
  async run({ args }) {
    const rows: string[][] = []
    let broken = 0
    let leftOut = 0
    const provider = providerNameOf(args.provider)
    const abort = new AbortController()
    void untilSignal().then(() => abort.abort(new Error('The proof was given up.')))
    await proveLessonsOf({
      lessons: args.lessons,
      slug: args.slug,
      provider,
      speed: positive('speed', args.speed),
      jobs: positive('jobs', args.jobs ?? (provider === 'kind' ? '1' : '4')),
      signal: abort.signal,
      onProof(slug, proof) {
        const holds = proof.problems.length === 0
        if (!holds) broken++
        if (proof.leftOut !== undefined) {
          leftOut++
          rows.push([slug, proof.part, '', '', '', `left out: ${proof.leftOut}`])
          return
        }
        const took = `${(proof.durationMs / 1000).toFixed(1)} s`
        rows.push([slug, proof.part, String(proof.points), proof.expected, took, holds ? 'holds' : 'BROKEN'])
        for (const problem of proof.problems) process.stderr.write(`${slug} ${proof.part}: ${problem}\n`)
      },
    })
    process.stdout.write(table(['LESSON', 'PART', 'POINTS', 'EXPECTED', 'TOOK', 'PROOF'], rows))
    const all = rows.length - leftOut
    process.stdout.write(
      broken === 0 ? `All ${all} proofs hold.\n` : `${broken} of ${all} proofs do not hold.\n`,
    )
    if (leftOut > 0) process.stdout.write(`${leftOut} lessons were left out.\n`)
    return broken === 0 ? 0 : 1
  },
})

function positive(flag: string, text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= 64) return value
  throw new AppError('BAD_REQUEST', `--${flag}: ${text} is no number from 1 to 64.`, {
    hint: 'Leave it out.',
  })
}
