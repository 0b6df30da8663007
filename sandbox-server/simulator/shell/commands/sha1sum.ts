// sha1sum(1), by just-bash.
import { bufferedTool } from './just-bash.ts'

export const sha1sumCommand = bufferedTool({
  name: 'sha1sum',
  summary: 'SHA-1 checksums',
  usage: 'sha1sum [-c] [FILE]...',
})
