// rev(1), by just-bash.
import { bufferedTool } from './just-bash.ts'

export const revCommand = bufferedTool({
  name: 'rev',
  summary: 'reverse every line',
  usage: 'rev [FILE]...',
})
