// expr(1), by just-bash.
import { bufferedTool } from './just-bash.ts'

export const exprCommand = bufferedTool({
  name: 'expr',
  summary: 'evaluate an expression',
  usage: 'expr EXPRESSION',
  stdin: 'never',
})
