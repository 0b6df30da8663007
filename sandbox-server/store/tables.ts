// The tables as Kysely types them. Columns are portable: text ids, JSON as text, epoch milliseconds, 0 and 1.
export interface Tables {
  learners: { id: string; created_at: number; seen_at: number }
  progress: {
    learner: string
    lesson: string
    best: number
    out_of: number
    attempts: number
    last_opened_at: number
  }
  answers: { learner: string; lesson: string; question: string; option: string }
  attempts: {
    id: string
    learner: string
    lesson: string
    started_at: number
    points: number
    out_of: number
    /** Attempt of contract/check.ts as JSON, with all its evidence. */
    evidence: string
  }
  workspaces: {
    learner: string
    lesson: string
    sandbox: string
    provider: string
    snapshot: Uint8Array | null
    saved_at: number
    anew: number
    notice: string | null
  }
  workspace_files: { learner: string; lesson: string; path: string; content: string; revision: number }
  terminals: { learner: string; lesson: string; end_offset: number; tail: Uint8Array; inputs: string }
  terminal_runs: {
    learner: string
    lesson: string
    request: string
    noted_at: number
    exit_code: number | null
  }
}
