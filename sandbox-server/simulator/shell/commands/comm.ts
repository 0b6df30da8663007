// comm(1), by just-bash.
import { bufferedTool } from './just-bash.ts'

export const commCommand = bufferedTool({
  name: 'comm',
  summary: 'compare two sorted files',
  usage: 'comm [-123] FILE1 FILE2',
})
