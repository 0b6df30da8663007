// du(1), by just-bash.
import { bufferedTool } from './just-bash.ts'

export const duCommand = bufferedTool({
  name: 'du',
  summary: 'sizes of files and directories',
  usage: 'du [-hs] [FILE]...',
  valueOptions: 'd',
  stdin: 'never',
})
