// od(1), by just-bash.
import { bufferedTool } from './just-bash.ts'

export const odCommand = bufferedTool({
  name: 'od',
  summary: 'print bytes in octal or hexadecimal',
  usage: 'od [-c] [-A RADIX] [-t TYPE] [FILE]',
  valueOptions: 'AtNjw',
})
