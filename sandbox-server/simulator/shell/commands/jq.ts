// jq(1), by just-bash.
import { bufferedTool } from './just-bash.ts'

export const jqCommand = bufferedTool({
  name: 'jq',
  summary: 'query and change JSON',
  usage: 'jq [-rcnsS] [--arg NAME VALUE] FILTER [FILE]...',
  flags: {
    '-r': 'strings without quotes',
    '-c': 'one line a value',
    '-n': 'no input',
    '-s': 'all inputs as one array',
    '-S': 'sort keys',
    '-e': 'exit status by the last value',
  },
  operandsBeforeFiles: (options) =>
    options.some((option) => /^-\w*n/.test(option)) ? Number.NEGATIVE_INFINITY : 1,
})
