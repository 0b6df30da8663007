// Gives up a start or a place in the queue. Nothing is lost by it but the time waited, so it does not ask.
import { useState } from 'preact/hooks'
import { session } from '../../sandbox-client/session.ts'

export function CancelStart({ label }: { label: string }) {
  const [asked, setAsked] = useState(false)
  const cancel = (): void => {
    setAsked(true)
    void session.cancelStart().finally(() => setAsked(false))
  }
  return (
    <button type="button" class="button compact" aria-disabled={asked} onClick={() => !asked && cancel()}>
      {asked ? 'Cancelling' : label}
    </button>
  )
}
