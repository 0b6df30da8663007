// Help: the keys, how to leave the terminal and the editor by keyboard, and what your own kubectl needs.
import { useEffect, useRef } from 'preact/hooks'
import { session } from '../../sandbox-client/session.ts'
import { createStore, type Store, useStore } from '../../sandbox-client/store.ts'

const open: Store<boolean> = createStore(false)

export function showHelp(): void {
  open.set(true)
}

const keys: readonly (readonly [string, string])[] = [
  ['F6', 'next part of the page: text, editor, terminal. This also leaves the terminal. Shift+F6 goes back'],
  ['Ctrl+S', 'in the editor: save the file and apply it to the cluster (Cmd+S on a Mac)'],
  ['Ctrl+Enter', 'check the exercise, from anywhere (Cmd+Enter on a Mac)'],
  ['Ctrl+M', 'in the editor: Tab moves the focus and no longer indents; press again to change back'],
  ['F8', 'in the editor: next error'],
  ['Ctrl+C', 'in the terminal: copies when text is selected, else interrupts the command'],
  ['Ctrl+Shift+C, Ctrl+Shift+V', 'in the terminal: copy and paste (Cmd+C and Cmd+V on a Mac)'],
  ['Ctrl+Shift+F', 'in the terminal: search what was printed'],
  ['Arrow keys', 'on a splitter: move it; a double press with the pointer puts it back'],
  ['?', 'this help, while no text field has the focus'],
]

export function HelpDialog() {
  const shown = useStore(open)
  const simulated = useStore(session.sandbox, (sandbox) => (sandbox?.provider ?? 'simulated') === 'simulated')
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (shown) dialog.current?.showModal()
    else dialog.current?.close()
  }, [shown])
  return (
    <dialog ref={dialog} class="dialog help" aria-labelledby="help-title" onClose={() => open.set(false)}>
      <h2 id="help-title">Help and keys</h2>
      <dl class="keys">
        {keys.map(([key, does]) => (
          <div>
            <dt>
              {key.split(', ').map((one) => (
                <kbd>{one}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <h3>Your own kubectl</h3>
      <p>Download the kubeconfig from the menu, then:</p>
      <pre>
        <code>
          {`export KUBECONFIG=$HOME/Downloads/fairlead-${(document.body.dataset.lesson ?? '').split('/')[1]}.kubeconfig\nkubectl get nodes`}
        </code>
      </pre>
      {simulated && (
        <>
          <h3>What is simulated</h3>
          <p>
            The cluster is a simulation that moves real packets through interfaces, routes and netfilter
            rules. What it does not simulate it says in an event, a warning or an error.
          </p>
        </>
      )}
      <p class="dialog-actions">
        <button type="button" class="button primary" onClick={() => open.set(false)}>
          Close
        </button>
      </p>
    </dialog>
  )
}
