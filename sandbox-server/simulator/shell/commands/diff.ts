// diff(1), by just-bash.
import { bufferedTool } from './just-bash.ts'

export const diffCommand = bufferedTool({
  name: 'diff',
  summary: 'compare two files line by line',
  usage: 'diff [-uqiw] FILE1 FILE2',
  flags: {
    '-u': 'unified, with context',
    '-q': 'only tell whether they differ',
    '-i': 'ignore case',
    '-w': 'ignore blanks',
  },
  valueOptions: 'U',
})
