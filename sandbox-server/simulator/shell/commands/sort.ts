// sort(1), by just-bash.
import { bufferedTool } from './just-bash.ts'

export const sortCommand = bufferedTool({
  name: 'sort',
  summary: 'sort lines',
  usage: 'sort [-nrufhV] [-k KEY] [-t SEPARATOR] [FILE]...',
  flags: {
    '-n': 'by number',
    '-r': 'backwards',
    '-u': 'drop repeated lines',
    '-k': 'by a field',
    '-t': 'field separator',
    '-h': 'by sizes such as 2K',
    '-V': 'by versions',
  },
  valueOptions: 'ktoST',
})
