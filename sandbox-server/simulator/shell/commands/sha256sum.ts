// sha256sum(1), by just-bash.
import { bufferedTool } from './just-bash.ts'

export const sha256sumCommand = bufferedTool({
  name: 'sha256sum',
  summary: 'SHA-256 checksums',
  usage: 'sha256sum [-c] [FILE]...',
})
