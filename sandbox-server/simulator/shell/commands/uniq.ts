// uniq(1), by just-bash.
import { bufferedTool } from './just-bash.ts'

export const uniqCommand = bufferedTool({
  name: 'uniq',
  summary: 'drop or count repeated neighbouring lines',
  usage: 'uniq [-cdiu] [FILE]',
  flags: { '-c': 'count them', '-d': 'only repeated ones', '-u': 'only single ones', '-i': 'ignore case' },
  valueOptions: 'fsw',
})
