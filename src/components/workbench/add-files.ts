// Files from the learner's own machine into the workspace: dropped on the editor or picked in the menu.
import { limits, workspacePathSchema } from '../../../sandbox-server/contract/workspace.ts'
import { session } from '../../sandbox-client/session.ts'
import { confirm } from './confirm.tsx'

export async function addFiles(files: readonly File[]): Promise<void> {
  const problems: string[] = []
  const added: string[] = []
  for (const file of files) {
    const path = workspacePathSchema.safeParse(file.name)
    if (!path.success) problems.push(`${file.name}: use another name, with letters, digits, dots and dashes.`)
    else if (file.size > limits.fileBytes)
      problems.push(`${file.name}: larger than 1 MiB, which is the most here.`)
    else {
      const text = await file.text()
      if (text.includes('\0')) problems.push(`${file.name}: not a text file.`)
      else if (await put(path.data, text)) added.push(path.data)
    }
  }
  if (problems.length > 0) session.tell(problems.join(' '), 'problem')
  else if (added.length > 0) session.tell(`Added ${added.join(', ')}.`)
}

async function put(path: string, text: string): Promise<boolean> {
  const { documents } = session
  if (!documents.open.get().has(path)) documents.create(path, text)
  else {
    const agreed = await confirm({
      title: `Replace ${path}?`,
      text: 'There is a file of that name. What is in it is lost.',
      action: 'Replace the file',
    })
    if (!agreed) return false
    documents.replace(path, text)
  }
  return true
}

/** Wires a part of the page to take dropped files. */
export function acceptDrops(area: HTMLElement): void {
  const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true
  area.addEventListener(
    'dragover',
    (event) => {
      if (!carriesFiles(event)) return
      event.preventDefault()
      area.classList.add('drop-here')
    },
    true,
  )
  area.addEventListener('dragleave', () => area.classList.remove('drop-here'))
  area.addEventListener(
    'drop',
    (event) => {
      area.classList.remove('drop-here')
      if (!carriesFiles(event)) return
      event.preventDefault()
      event.stopPropagation()
      void addFiles([...(event.dataTransfer?.files ?? [])])
    },
    true,
  )
}
