// join(1), by just-bash.
import { bufferedTool } from './just-bash.ts'

export const joinCommand = bufferedTool({
  name: 'join',
  summary: 'join lines of two files on a field',
  usage: 'join [-1 FIELD] [-2 FIELD] FILE1 FILE2',
  valueOptions: '12ajotev',
})
