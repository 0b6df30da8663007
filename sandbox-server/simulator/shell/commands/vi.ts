// vi(1), and vim by the same program.
import { runVi } from '../editors/vi.ts'
import type { Command } from './command.ts'

const details =
  'i a o insert, Escape ends it. h j k l w b 0 $ gg G move; x dd dw cw yy p u . change; / n search; :w saves, :q quits, :wq both, :q! without saving, :%s/a/b/g replaces.'

export const viCommand: Command = {
  name: 'vi',
  summary: 'a modal text editor (:wq saves and quits, :q! quits)',
  group: 'editors',
  usage: 'vi [FILE]',
  details,
  program: runVi,
}

export const vimCommand: Command = { ...viCommand, name: 'vim', usage: 'vim [FILE]' }
