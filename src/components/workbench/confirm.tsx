// Asks before work is lost, with the browser's own dialog: focus is kept in it, Escape means no.
import { useEffect, useRef } from 'preact/hooks'
import { createStore, type Store, useStore } from '../../sandbox-client/store.ts'

export interface Question {
  title: string
  text: string
  action: string
  /** A line to fill in; the answer is its text. */
  input?: { label: string; value: string }
}

interface Asked extends Question {
  answer(value: string | undefined): void
}

const asked: Store<Asked | undefined> = createStore<Asked | undefined>(undefined)

/** Resolves to what was written in the input, to '' where there is none, and to undefined for no. */
export function prompt(question: Question): Promise<string | undefined> {
  return new Promise((resolve) => {
    asked.set({
      ...question,
      answer(value) {
        asked.set(undefined)
        resolve(value)
      },
    })
  })
}

export async function confirm(question: Question): Promise<boolean> {
  return (await prompt(question)) !== undefined
}

export function ConfirmDialog() {
  const question = useStore(asked)
  const dialog = useRef<HTMLDialogElement>(null)
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (question !== undefined) {
      dialog.current?.showModal()
      input.current?.select()
    } else dialog.current?.close()
  }, [question])
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby="confirm-title"
      onCancel={() => question?.answer(undefined)}
    >
      {question !== undefined && (
        <form
          method="dialog"
          onSubmit={(event) => {
            event.preventDefault()
            question.answer(input.current?.value.trim() ?? '')
          }}
        >
          <h2 id="confirm-title">{question.title}</h2>
          <p>{question.text}</p>
          {question.input !== undefined && (
            <label class="dialog-input">
              {question.input.label}
              <input
                ref={input}
                type="text"
                value={question.input.value}
                required
                spellcheck={false}
                autocomplete="off"
              />
            </label>
          )}
          <p class="dialog-actions">
            <button type="button" class="button" onClick={() => question.answer(undefined)}>
              Cancel
            </button>
            <button type="submit" class="button primary">
              {question.action}
            </button>
          </p>
        </form>
      )}
    </dialog>
  )
}
