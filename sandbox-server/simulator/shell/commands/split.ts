// split(1), by just-bash.
import { bufferedTool } from './just-bash.ts'

export const splitCommand = bufferedTool({
  name: 'split',
  summary: 'split a file into pieces',
  usage: 'split [-l LINES] [FILE [PREFIX]]',
  valueOptions: 'lbna',
})
