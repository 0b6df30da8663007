// file(1), by just-bash.
import { bufferedTool } from './just-bash.ts'

export const fileCommand = bufferedTool({
  name: 'file',
  summary: 'tell what kind a file is',
  usage: 'file FILE...',
  stdin: 'never',
})
