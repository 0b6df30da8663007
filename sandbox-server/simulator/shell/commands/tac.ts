// tac(1), by just-bash.
import { bufferedTool } from './just-bash.ts'

export const tacCommand = bufferedTool({
  name: 'tac',
  summary: 'print lines from last to first',
  usage: 'tac [FILE]...',
})
