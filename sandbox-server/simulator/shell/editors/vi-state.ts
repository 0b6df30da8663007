// What vi's parts share about the editing.
import type { TextBuffer } from './text-buffer.ts'

export interface ViState {
  readonly buffer: TextBuffer
  name: string
  message: string
  /** Set once the editor is to end. */
  exit: number | undefined
  pattern: RegExp | undefined
  save(name: string, text: string): string | undefined
}
