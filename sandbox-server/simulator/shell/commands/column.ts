// column(1), by just-bash.
import { bufferedTool } from './just-bash.ts'

export const columnCommand = bufferedTool({
  name: 'column',
  summary: 'align text in columns',
  usage: 'column [-t] [-s SEPARATORS] [FILE]...',
  valueOptions: 'sonc',
})
