// paste(1), by just-bash.
import { bufferedTool } from './just-bash.ts'

export const pasteCommand = bufferedTool({
  name: 'paste',
  summary: 'join lines of files side by side',
  usage: 'paste [-s] [-d LIST] FILE...',
  valueOptions: 'd',
})
