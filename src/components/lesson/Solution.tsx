// The solution, after an attempt. Looking changes nothing; taking it over asks first, since it replaces the learner's files.
import { useState } from 'preact/hooks'
import { fetchSolution, RestError } from '../../sandbox-client/rest.ts'
import { session } from '../../sandbox-client/session.ts'
import { createStore, type Store, useStore } from '../../sandbox-client/store.ts'
import { confirm } from '../workbench/confirm.tsx'

type SolutionFiles = readonly { path: string; content: string }[]
const solution: Store<SolutionFiles | undefined> = createStore<SolutionFiles | undefined>(undefined)

export function Solution() {
  const attempted = useStore(session.check, (check) => check.attempt !== undefined)
  const files = useStore(solution)
  const [problem, setProblem] = useState<string>()
  if (!attempted) return null
  if (files === undefined) {
    return (
      <p class="solution">
        <button
          type="button"
          class="link-button"
          onClick={() => showSolution().catch((error) => setProblem(told(error)))}
        >
          Show solution
        </button>
        {problem !== undefined && <span class="problem"> {problem}</span>}
      </p>
    )
  }
  return (
    <div class="solution">
      <p class="eyebrow">Solution</p>
      {files.map((file) => (
        <details open>
          <summary>{file.path}</summary>
          <pre>
            <code>{file.content}</code>
          </pre>
        </details>
      ))}
      <button type="button" class="link-button" onClick={() => void takeOver(files)}>
        Put it into the editor
      </button>
    </div>
  )
}

function told(error: unknown): string {
  return error instanceof RestError
    ? error.message
    : 'The solution could not be fetched. Try again in a moment.'
}

export async function showSolution(): Promise<void> {
  const agreed = await confirm({
    title: 'Show the solution?',
    text: 'It opens below the checks. Your own files stay as they are. You can still solve the exercise yourself afterwards.',
    action: 'Show solution',
  })
  if (!agreed) return
  solution.set(await fetchSolution(session.slug))
}

async function takeOver(files: SolutionFiles): Promise<void> {
  const agreed = await confirm({
    title: 'Replace your files with the solution?',
    text: `What you wrote in ${files.map((file) => file.path).join(', ')} is lost. Nothing is applied until you press Apply.`,
    action: 'Replace my files',
  })
  if (!agreed) return
  for (const file of files) {
    if (session.documents.open.get().has(file.path)) session.documents.replace(file.path, file.content)
    else session.documents.create(file.path, file.content)
  }
}
