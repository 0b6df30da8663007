// What whoever started the server reads of the clusters that it offers: a line when kind was found, or was found missing.
import type { Offer } from './offers.ts'

export interface OfferLines {
  offer(offer: Offer): void
  /** Kind is not among the providers at all. */
  problem(why: string): void
}

/** Nothing is said where nobody asked for kind, and nothing twice. */
export function offerLines(
  { clusters }: { readonly clusters: 'auto' | 'simulated' | 'kind' },
  say: (line: string) => void,
): OfferLines {
  let said: string | undefined
  const once = (line: string) => {
    if (line !== said) say(line)
    said = line
  }
  const missing = (what: string) =>
    once(`Real clusters (kind) are not offered: ${what.replace(/\.$/, '')}. See: fairlead cluster check`)
  return {
    offer(offer) {
      if (clusters === 'simulated' || offer.provider.name !== 'kind') return
      if (offer.state === 'missing') return missing(offer.missing[0]?.what ?? 'they do not work here')
      const beside = clusters === 'auto' ? ' beside simulated ones' : ''
      once(`Real clusters (kind) are offered${beside}.`)
    },
    problem: missing,
  }
}
