// md5sum(1), by just-bash.
import { bufferedTool } from './just-bash.ts'

export const md5sumCommand = bufferedTool({
  name: 'md5sum',
  summary: 'MD5 checksums',
  usage: 'md5sum [-c] [FILE]...',
})
