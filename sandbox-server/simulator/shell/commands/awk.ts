// awk(1), by just-bash. It reads all of its input before it prints, so it does not suit endless pipes.
import { bufferedTool } from './just-bash.ts'

export const awkCommand = bufferedTool({
  name: 'awk',
  summary: 'match and change fields of lines (reads all input first)',
  usage: 'awk [-F SEPARATOR] [-v NAME=VALUE] PROGRAM [FILE]...',
  flags: { '-F': 'field separator', '-v': 'set a variable', '-f': 'program from a file' },
  valueOptions: 'Fvf',
  operandsBeforeFiles: (options) => (options.some((option) => option.startsWith('-f')) ? 0 : 1),
})
