// The kinds of cluster that a lesson can be done on here: asked for when it may have changed, since spare clusters come and go.
import type { ClusterChoice } from '../../sandbox-server/contract/sandbox.ts'
import { fetchClusterChoices } from './rest.ts'
import { createStore, type Store } from './store.ts'

/** A server looks for container engines when it starts, which takes it about this long. */
const lookedWithinMs = 5_000

export class ClusterOffers {
  /** Empty until the server said. */
  readonly choices: Store<readonly ClusterChoice[]> = createStore<readonly ClusterChoice[]>([])
  private readonly slug: () => string

  constructor(slug: () => string) {
    this.slug = slug
  }

  async refresh(): Promise<void> {
    const choices = await fetchClusterChoices(this.slug())
    if (choices !== undefined) this.choices.set(choices)
  }

  /** Asks once more where something was not to be had: a server that has just started may still be looking. */
  async learn(): Promise<void> {
    await this.refresh()
    if (this.choices.get().some((choice) => choice.unavailable !== undefined))
      setTimeout(() => void this.refresh(), lookedWithinMs)
  }
}
