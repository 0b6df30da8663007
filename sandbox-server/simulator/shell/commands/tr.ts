// tr(1), by just-bash.
import { bufferedTool } from './just-bash.ts'

export const trCommand = bufferedTool({
  name: 'tr',
  summary: 'replace, squeeze or delete characters',
  usage: 'tr [-cds] SET1 [SET2]',
  stdin: 'always',
})
