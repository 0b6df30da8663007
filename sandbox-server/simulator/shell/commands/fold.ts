// fold(1), by just-bash.
import { bufferedTool } from './just-bash.ts'

export const foldCommand = bufferedTool({
  name: 'fold',
  summary: 'wrap long lines',
  usage: 'fold [-s] [-w WIDTH] [FILE]...',
  valueOptions: 'w',
})
