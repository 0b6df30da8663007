// Bash text to a syntax tree, by just-bash's parser. Its browser bundle exports no parse(), so a transform plugin catches the tree.
import type { ScriptNode } from './ast.ts'

export class ShellSyntaxError extends Error {
  /** True where more text could still make it right: an open quote, loop or here-document. */
  readonly incomplete: boolean
  constructor(message: string, incomplete: boolean) {
    super(message)
    this.name = 'ShellSyntaxError'
    this.incomplete = incomplete
  }
}

export type Parse = (text: string) => ScriptNode

let loading: Promise<Parse> | undefined

/** The parser is 350 kB compressed, so that it is loaded when the first shell starts. */
export function loadParser(): Promise<Parse> {
  loading ??= import('just-bash/browser').then(({ Bash }) => {
    const bash = new Bash({ defenseInDepth: false, commands: [] })
    let tree: ScriptNode | undefined
    const captured = new Error('captured')
    bash.registerTransformPlugin({
      name: 'capture',
      transform({ ast }) {
        tree = ast
        throw captured
      },
    })
    return (text) => {
      tree = undefined
      try {
        bash.transform(text)
      } catch (error) {
        if (tree === undefined) throw syntaxError(error)
      }
      if (tree === undefined) throw new ShellSyntaxError('syntax error', false)
      checkComplete(tree, text)
      return tree
    }
  })
  return loading
}

function syntaxError(error: unknown): ShellSyntaxError {
  const message = error instanceof Error ? error.message : String(error)
  const token = (error as { token?: { type?: unknown; value?: unknown } } | undefined)?.token
  const incomplete = token?.type === 'EOF' || /unexpected EOF|unterminated/i.test(message)
  const plain = message.replace(/^Parse error at \d+:\d+: /, '').replace(/^line \d+: /, '')
  if (/^Expected \S+, got/.test(plain)) {
    const value = token?.type === 'NEWLINE' ? 'newline' : String(token?.value ?? '')
    return new ShellSyntaxError(
      incomplete ? 'syntax error: unexpected end of file' : `syntax error near unexpected token \`${value}'`,
      incomplete,
    )
  }
  return new ShellSyntaxError(
    plain.startsWith('syntax error') || incomplete ? plain : `syntax error: ${plain}`,
    incomplete,
  )
}

/** The parser takes `a |`, `a &&`, an unterminated here-document and a last backslash for complete. */
function checkComplete(tree: ScriptNode, text: string): void {
  for (const statement of tree.statements) {
    if (statement.deferredError) throw new ShellSyntaxError(statement.deferredError.message, false)
  }
  const last = tree.statements.at(-1)?.pipelines
  const pipeline = last?.at(-1)
  const command = pipeline?.commands.at(-1)
  const empty = command?.type === 'SimpleCommand' && !command.name && command.assignments.length === 0
  if (empty && command.redirections.length === 0 && last && pipeline) {
    if (last.length > 1 || pipeline.commands.length > 1) throw unexpectedEnd()
  }
  for (const statement of tree.statements) {
    for (const each of statement.pipelines) {
      for (const { redirections } of each.commands) {
        for (const { target } of redirections) {
          if (target.type === 'HereDoc' && target.terminated === false) throw unexpectedEnd()
        }
      }
    }
  }
  if (/(^|[^\\])(\\\\)*\\$/.test(text)) throw unexpectedEnd()
}

const unexpectedEnd = () => new ShellSyntaxError('syntax error: unexpected end of file', true)
