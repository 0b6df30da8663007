// cut(1), by just-bash.
import { bufferedTool } from './just-bash.ts'

export const cutCommand = bufferedTool({
  name: 'cut',
  summary: 'take fields or columns of lines',
  usage: 'cut -f LIST [-d SEPARATOR] [FILE]...',
  valueOptions: 'bcdf',
})
