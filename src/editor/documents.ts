// The editor's side of the workspace: what the person typed, what the server has, and what happens when both changed.
import type { WorkspaceFile } from '../../sandbox-server/contract/workspace.ts'
import { createStore, type Store } from '../sandbox-client/store.ts'

export interface Document {
  readonly path: string
  /** What the editor shows. */
  readonly text: string
  /** The server's file that the text is based on; revision 0 before it has one. */
  readonly base: WorkspaceFile
  /** The text is on its way to the server. */
  readonly saving: boolean
  /** Somebody else changed the file while the text here was not saved. */
  readonly theirs?: WorkspaceFile
  /** Why the last save failed, in words. */
  readonly problem?: string
}

export interface DocumentServer {
  write(path: string, content: string, baseRevision: number): Promise<WriteAnswer>
  delete(path: string): Promise<void>
}

export type WriteAnswer =
  | { readonly outcome: 'written'; readonly revision: number }
  | { readonly outcome: 'conflict'; readonly theirs: WorkspaceFile | undefined }
  | { readonly outcome: 'failed'; readonly message: string }

const saveAfterMs = 400

export class Documents {
  readonly open: Store<ReadonlyMap<string, Document>> = createStore(new Map())
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>()
  private readonly saves = new Map<string, Promise<void>>()
  private readonly server: DocumentServer

  constructor(server: DocumentServer) {
    this.server = server
  }

  /** The server's list, on every (re)connect. What was typed meanwhile is kept and saved. */
  serverHas(files: readonly WorkspaceFile[]): void {
    const listed = new Set(files.map((file) => file.path))
    for (const file of files) {
      const document = this.open.get().get(file.path)
      // A cluster made anew counts revisions anew; what the person sees and types rests on this very text.
      if (document?.base.content === file.content) {
        const { theirs: _, ...rest } = document
        this.put({ ...rest, base: file })
      } else this.serverChanged(file)
    }
    for (const [path, document] of this.open.get()) {
      if (!isDirty(document)) {
        if (!listed.has(path)) this.forget(path)
      } else if (!document.saving) void this.save(path)
    }
  }

  serverChanged(file: WorkspaceFile): void {
    const document = this.open.get().get(file.path)
    if (document === undefined) {
      this.put({ path: file.path, text: file.content, base: file, saving: false })
      return
    }
    if (file.revision <= document.base.revision && file.content === document.base.content) return
    if (!isDirty(document) || file.content === document.text) {
      this.put({ path: file.path, text: file.content, base: file, saving: false })
    } else if (!document.saving) {
      this.put({ ...document, theirs: file })
    }
  }

  serverDeleted(path: string): void {
    const document = this.open.get().get(path)
    if (document !== undefined && !isDirty(document)) this.forget(path)
  }

  typed(path: string, text: string): void {
    const document = this.open.get().get(path)
    if (document === undefined || document.text === text) return
    this.put({ ...document, text })
    clearTimeout(this.timers.get(path))
    if (document.theirs !== undefined) return
    this.timers.set(
      path,
      setTimeout(() => void this.save(path), saveAfterMs),
    )
  }

  /** A new text from elsewhere than the keyboard; editors show it as one step that can be undone. */
  replace(path: string, text: string): void {
    this.typed(path, text)
    void this.save(path)
  }

  create(path: string, content = ''): void {
    this.put({ path, text: content, base: { path, content: '', revision: 0 }, saving: false })
    void this.save(path)
  }

  async rename(from: string, to: string): Promise<void> {
    const document = this.open.get().get(from)
    if (document === undefined || from === to) return
    this.create(to, document.text)
    await this.save(to)
    if (this.open.get().get(to)?.problem === undefined) await this.remove(from)
  }

  async remove(path: string): Promise<void> {
    clearTimeout(this.timers.get(path))
    this.forget(path)
    await this.server.delete(path)
  }

  resolve(path: string, choice: 'mine' | 'theirs'): void {
    const document = this.open.get().get(path)
    const theirs = document?.theirs
    if (document === undefined || theirs === undefined) return
    if (choice === 'theirs') {
      this.put({ path, text: theirs.content, base: theirs, saving: false })
    } else {
      this.put({ path, text: document.text, base: theirs, saving: false })
      void this.save(path)
    }
  }

  /** Resolves when the server has what the editor shows, or when it cannot. */
  async save(path: string): Promise<void> {
    clearTimeout(this.timers.get(path))
    const running = this.saves.get(path)
    if (running !== undefined) await running
    const document = this.open.get().get(path)
    const isNew = document?.base.revision === 0
    if (document === undefined || document.theirs !== undefined || (!isDirty(document) && !isNew)) return
    const save = this.saveNow(document).finally(() => this.saves.delete(path))
    this.saves.set(path, save)
    await save
  }

  private async saveNow(sent: Document): Promise<void> {
    const { problem: _, ...rest } = sent
    this.put({ ...rest, saving: true })
    const answer = await this.server.write(sent.path, sent.text, sent.base.revision)
    const now = this.open.get().get(sent.path)
    if (now === undefined) return
    const settled = { path: now.path, text: now.text, saving: false }
    switch (answer.outcome) {
      case 'written':
        this.put({ ...settled, base: { path: sent.path, content: sent.text, revision: answer.revision } })
        break
      case 'conflict':
        if (answer.theirs === undefined) this.put({ ...settled, base: { ...sent.base, revision: 0 } })
        else if (answer.theirs.content === now.text) this.put({ ...settled, base: answer.theirs })
        else this.put({ ...settled, base: sent.base, theirs: answer.theirs })
        break
      case 'failed':
        this.put({ ...settled, base: sent.base, problem: answer.message })
        break
      default:
        answer satisfies never
    }
  }

  private put(document: Document): void {
    this.open.update((open) => new Map(open).set(document.path, document))
  }

  private forget(path: string): void {
    this.open.update((open) => {
      const next = new Map(open)
      next.delete(path)
      return next
    })
  }
}

export function isDirty(document: Document): boolean {
  return document.text !== document.base.content
}
