// `fairlead lesson prove`: holds every exercise to what it says of itself.
import { defineCommand } from 'citty'
import { AppError } from '../contract/errors.ts'
import { proveLessonsOf } from '../main.ts'
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
    const rows: string[][] = []
    let broken = 0
    await proveLessonsOf({
      lessons: args.lessons,
      slug: args.slug,
      provider: providerName(args.provider),
      speed: positive('speed', args.speed),
      jobs: positive('jobs', args.jobs),
      onProof(slug, proof) {
        const holds = proof.problems.length === 0
        if (!holds) broken++
        const took = `${(proof.durationMs / 1000).toFixed(1)} s`
        rows.push([slug, proof.part, String(proof.points), proof.expected, took, holds ? 'holds' : 'BROKEN'])
        for (const problem of proof.problems) process.stderr.write(`${slug} ${proof.part}: ${problem}\n`)
      },
    })
    process.stdout.write(table(['LESSON', 'PART', 'POINTS', 'EXPECTED', 'TOOK', 'PROOF'], rows))
    const all = rows.length
    process.stdout.write(
      broken === 0 ? `All ${all} proofs hold.\n` : `${broken} of ${all} proofs do not hold.\n`,
    )
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

function providerName(text: string): 'simulated' | 'kind' | 'kubernetes' {
  if (text === 'simulated' || text === 'kind' || text === 'kubernetes') return text
  throw new AppError('BAD_REQUEST', `--provider: there is no provider ${text}.`, {
    hint: 'Try --provider simulated.',
  })
}
