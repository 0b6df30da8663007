// tree(1), by just-bash.
import { bufferedTool } from './just-bash.ts'

export const treeCommand = bufferedTool({
  name: 'tree',
  summary: 'show directories as a tree',
  usage: 'tree [-adL LEVEL] [DIRECTORY]',
  valueOptions: 'LIP',
  stdin: 'never',
})
