// expand(1), by just-bash.
import { bufferedTool } from './just-bash.ts'

export const expandCommand = bufferedTool({
  name: 'expand',
  summary: 'tabs to blanks',
  usage: 'expand [-t N] [FILE]...',
  valueOptions: 't',
})
