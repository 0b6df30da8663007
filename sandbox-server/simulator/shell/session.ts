// A terminal session: a line editor and a shell on a machine, behind a byte stream. What the learner's xterm.js talks to.

export interface ShellSession {
  /** Keys and pastes, UTF-8. */
  input(data: string): void
  resize(columns: number, rows: number): void
  /** Output goes through here; awaited, so that a slow terminal slows the program (`yes`) and not the memory. */
  onOutput(listener: (data: Uint8Array) => void | Promise<void>): () => void
  /** Types the command at a fresh prompt, runs it, gives its exit code. Waits for a running command to end first. */
  run(command: string): Promise<number>
  /** History, variables, working directory: what a restart brings back. */
  state(): ShellState
  dispose(): void
}

export interface ShellState {
  readonly history: readonly string[]
  readonly cwd: string
  readonly variables: Readonly<Record<string, string>>
}
