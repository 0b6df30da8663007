// nl(1), by just-bash.
import { bufferedTool } from './just-bash.ts'

export const nlCommand = bufferedTool({
  name: 'nl',
  summary: 'number lines',
  usage: 'nl [-ba] [FILE]...',
  valueOptions: 'bvwns',
})
