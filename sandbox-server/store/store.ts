// What a store keeps, as the other rooms see it. test/suites/store.ts defines it; every backend passes that suite.
import type { Attempt } from '../contract/check.ts'
import type { LearnerId, LessonSlug, SandboxId } from '../contract/ids.ts'
import type { Progress } from '../contract/rest.ts'

/** Whose work on which lesson. */
export interface WorkKey {
  readonly learner: LearnerId
  readonly lesson: LessonSlug
}

export interface KeptFile {
  readonly path: string
  readonly content: string
  readonly revision: number
}

export interface KeptWorkspace {
  readonly sandbox: SandboxId
  /** What its clusters are made of: what the learner chose last, or was given at first. */
  readonly provider: string
  /** What the provider's checkpoint gave; undefined before the first one and after a restart of the cluster. */
  readonly snapshot: Uint8Array | undefined
  /** Epoch milliseconds of the snapshot or the latest start; 0 before the first cluster was there. */
  readonly savedAt: number
  /** Whether the next start must make a new cluster, whatever an earlier one left behind. */
  readonly anew: boolean
  /** What the learner is told at the next start. */
  readonly notice: string | undefined
  readonly files: readonly KeptFile[]
}

export type NewWorkspace = Omit<KeptWorkspace, 'snapshot' | 'anew' | 'notice'>

/** The end of a terminal's output, and what already reached its shell. */
export interface KeptTerminal {
  /** Byte offset behind the last byte of `tail`. */
  readonly end: number
  readonly tail: Uint8Array
  /** Last input sequence by tab. */
  readonly inputs: Readonly<Record<string, number>>
}

/** Every promise resolves once what it wrote survives the end of the process. */
export interface Store {
  readonly learners: {
    /** Notes that the learner was here; the first note makes them. */
    touch(learner: LearnerId, at: number): Promise<void>
    count(): Promise<number>
  }
  readonly progress: {
    read(learner: LearnerId): Promise<Progress>
    opened(key: WorkKey, at: number): Promise<void>
    answer(key: WorkKey, question: string, option: string): Promise<void>
  }
  readonly attempts: {
    /** Keeps the attempt and raises the lesson's best result. The same attempt again changes nothing. */
    add(key: WorkKey, attempt: Attempt): Promise<void>
    /** Newest first. */
    list(key: WorkKey, limit: number): Promise<readonly Attempt[]>
    count(key: WorkKey): Promise<number>
  }
  readonly workspaces: {
    read(key: WorkKey): Promise<KeptWorkspace | undefined>
    /** Whose sandbox it is. */
    findBySandbox(sandbox: string): Promise<WorkKey | undefined>
    /** Makes the workspace where there is none, with the files given. */
    create(key: WorkKey, workspace: NewWorkspace): Promise<void>
    /** Other clusters from now on. The cluster starts anew; files stay. */
    setProvider(key: WorkKey, provider: string): Promise<void>
    /** A new cluster is there, without a snapshot yet; what was to be told was told. Replaces the files where some are given. */
    started(key: WorkKey, at: number, files?: readonly KeptFile[]): Promise<void>
    saveSnapshot(key: WorkKey, snapshot: Uint8Array, at: number): Promise<void>
    /** The cluster starts anew at the next start, where `notice` is told; files stay. */
    dropSnapshot(key: WorkKey, notice?: string): Promise<void>
    writeFile(key: WorkKey, file: KeptFile): Promise<void>
    deleteFile(key: WorkKey, path: string): Promise<void>
    replaceFiles(key: WorkKey, files: readonly KeptFile[]): Promise<void>
  }
  readonly terminals: {
    read(key: WorkKey): Promise<KeptTerminal | undefined>
    save(key: WorkKey, terminal: KeptTerminal): Promise<void>
    /** False where this request was noted before. */
    noteRun(key: WorkKey, request: string, at: number): Promise<boolean>
    finishRun(key: WorkKey, request: string, exitCode: number): Promise<void>
    /** The exit code, 'unfinished' where it was noted only, undefined where it never was. */
    readRun(key: WorkKey, request: string): Promise<number | 'unfinished' | undefined>
  }
  close(): Promise<void>
}
