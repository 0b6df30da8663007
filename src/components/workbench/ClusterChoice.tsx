// Which kind of cluster: what each one is, how long it takes, why one is not to be had. Choosing another asks first.
import { useEffect, useRef } from 'preact/hooks'
import type { ClusterChoice as Choice, SandboxState } from '../../../sandbox-server/contract/sandbox.ts'
import { session } from '../../sandbox-client/session.ts'
import { createStore, type Store, useStore } from '../../sandbox-client/store.ts'
import { Mark } from '../lesson/Mark.tsx'
import { clusterKinds, waitOf } from './cluster-kinds.ts'
import { confirm } from './confirm.tsx'

const open: Store<boolean> = createStore(false)

export function showClusterChoice(): void {
  open.set(true)
  void session.offers.refresh()
}

export function ClusterChoiceDialog() {
  const shown = useStore(open)
  const choices = useStore(session.offers.choices)
  const used = useStore(session.sandbox, (sandbox) => sandbox?.provider)
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (shown) dialog.current?.showModal()
    else dialog.current?.close()
  }, [shown])
  const close = (): void => open.set(false)
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="choice-title" onCancel={close} onClose={close}>
      <h2 id="choice-title">Which cluster for this lesson?</h2>
      <p>The lesson and its checks are the same on each.</p>
      <ul class="cluster-choices">
        {choices.map((choice) => (
          <Offer
            key={choice.provider}
            choice={choice}
            used={choice.provider === used}
            choose={() => {
              close()
              void switchCluster(choice)
            }}
          />
        ))}
      </ul>
      <p class="dialog-actions">
        <button type="button" class="button" onClick={close}>
          Close
        </button>
      </p>
    </dialog>
  )
}

interface OfferProps {
  choice: Choice
  used: boolean
  choose: () => void
}

function Offer({ choice, used, choose }: OfferProps) {
  const kind = clusterKinds[choice.provider]
  return (
    <li class={used ? 'used' : ''}>
      <h3>{kind.name}</h3>
      <p>{kind.what}</p>
      {choice.unavailable !== undefined && !used ? (
        <p class="not-here">Not available here: {choice.unavailable}</p>
      ) : used ? (
        <p class="in-use">
          <Mark kind="passed" /> In use
        </p>
      ) : (
        <p class="choose">
          <button
            type="button"
            class="button compact"
            aria-label={`Switch to it: ${kind.name}`}
            onClick={choose}
          >
            Switch to it
          </button>
          <span class="soft">{waitOf(choice)}</span>
        </p>
      )}
    </li>
  )
}

export async function switchCluster(choice: Choice): Promise<void> {
  const { inText } = clusterKinds[choice.provider]
  const agreed = await confirm({
    title: `Switch to ${inText}?`,
    text: `You get ${inText} with the exercise as it starts, ${waitOf(choice)}. ${lost(session.sandbox.get())}Your files stay.`,
    action: 'Switch',
  })
  if (agreed) await session.useCluster(choice.provider)
}

/** A cluster that was never there has nothing to lose. */
function lost(sandbox: SandboxState | undefined): string {
  if (sandbox?.state !== 'ready' && sandbox?.state !== 'stopping' && sandbox?.state !== 'stopped') return ''
  return `What you applied to ${clusterKinds[sandbox.provider].inText.replace(/^a /, 'the ')} is lost. `
}
