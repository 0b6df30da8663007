// Which provider makes a lesson's clusters: what the exercise demands, what the learner chose, what the operator prefers.
import { AppError } from '../contract/errors.ts'
import type { ClusterChoice } from '../contract/sandbox.ts'
import type { ClusterProvider, ProviderName } from '../providers/provider.ts'
import type { Offer } from './offers.ts'
import { expectedStart, type SandboxLesson } from './sandbox-lesson.ts'

export interface ProviderWish {
  readonly lesson: SandboxLesson
  /** In the operator's order of preference. */
  readonly offers: readonly Offer[]
  /** What the learner asks for now. */
  readonly wanted?: ProviderName | undefined
  /** What the sandbox was last on. */
  readonly kept?: string | undefined
}

/**
 * The provider may still be looked for, or be missing where no other will do. Throws AppError BAD_REQUEST where what the learner
 * asks for cannot be had, PROVIDER_FAILED where nothing of this server can do the exercise.
 */
export function chooseProvider(wish: ProviderWish): ClusterProvider {
  const { lesson, offers, wanted, kept } = wish
  if (wanted !== undefined) return demand(wanted, wish)
  const fit = offers.filter((offer) => unfit(offer.provider, lesson) === undefined)
  const known = fit.find(({ provider }) => provider.name === kept)
  const first = known ?? fit.find(({ state }) => state !== 'missing') ?? fit[0]
  if (first) return first.provider
  const { provider: demanded } = lesson.exercise
  if (demanded !== undefined && !offers.some(({ provider }) => provider.name === demanded)) {
    throw new AppError(
      'PROVIDER_FAILED',
      `This exercise needs a ${demanded} cluster, which this server does not offer.`,
      {
        hint: 'Whoever runs the server can offer it: fairlead serve --clusters auto.',
      },
    )
  }
  const reasons = offers.map(({ provider }) => `${provider.name}: ${unfit(provider, lesson)}`)
  throw new AppError(
    'PROVIDER_FAILED',
    `No cluster of this server can do this exercise. ${reasons.join(' ')}`,
    {
      hint: 'fairlead cluster check says what this server could offer.',
    },
  )
}

/** What the learner may choose from, the operator's preference first. */
export function clusterChoices(wish: Omit<ProviderWish, 'wanted' | 'kept'>, id: string): ClusterChoice[] {
  const { lesson, offers } = wish
  const preferred = offers.find((offer) => whyNot(offer, lesson) === undefined)
  return offers.map((offer) => {
    const { provider } = offer
    const unavailable = whyNot(offer, lesson)
    const expectedMs = unavailable === undefined ? expectedStart(provider, lesson, id) : undefined
    return {
      provider: provider.name,
      default: offer === preferred,
      ...(expectedMs === undefined ? {} : { expectedMs }),
      ...(unavailable === undefined ? {} : { unavailable }),
    }
  })
}

/** Why the learner cannot have it now, in one sentence. */
export function whyNot({ provider, state, missing }: Offer, lesson: SandboxLesson): string | undefined {
  const never = unfit(provider, lesson)
  if (never !== undefined) return never
  if (state === 'checking') return 'The server is still looking whether it works here.'
  if (state === 'missing') return sentence(missing[0]?.what ?? 'It does not work on this server')
  if (provider.capacity() < 1) return "The server's machine has no memory for one."
  return undefined
}

/** Why it will never do for this exercise. */
function unfit(provider: ClusterProvider, { exercise }: SandboxLesson): string | undefined {
  if (exercise.provider !== undefined && exercise.provider !== provider.name) {
    return `This exercise needs a ${exercise.provider} cluster.`
  }
  return provider.unsupported(exercise.cluster)
}

function demand(wanted: ProviderName, { lesson, offers }: ProviderWish): ClusterProvider {
  const offer = offers.find(({ provider }) => provider.name === wanted)
  const why = offer ? whyNot(offer, lesson) : 'This server does not offer it.'
  if (offer && why === undefined) return offer.provider
  const others = offers.filter((other) => whyNot(other, lesson) === undefined)
  const names = others.map(({ provider }) => provider.name)
  throw new AppError('BAD_REQUEST', `You cannot have a ${wanted} cluster for this exercise. ${why}`, {
    hint:
      names.length > 0
        ? `Choose another kind of cluster: ${names.join(', ')}.`
        : 'fairlead cluster check, run where the server runs, says what is missing.',
  })
}

const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`)
