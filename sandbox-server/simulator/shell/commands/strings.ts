// strings(1), by just-bash.
import { bufferedTool } from './just-bash.ts'

export const stringsCommand = bufferedTool({
  name: 'strings',
  summary: 'print the printable runs of a file',
  usage: 'strings [-n MINIMUM] [FILE]...',
  valueOptions: 'n',
})
