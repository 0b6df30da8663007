// The Corefile: server blocks for zones, each with plugins and their arguments (coredns.io/manual/toc, caddyfile syntax).

export interface Directive {
  readonly name: string
  readonly args: readonly string[]
  readonly block: readonly Directive[]
}

export interface ServerBlock {
  /** Zones without their final dot; the root is the empty text. */
  readonly zones: readonly string[]
  readonly port: number
  readonly plugins: readonly Directive[]
}

export class CorefileError extends Error {}

interface Token {
  readonly text: string
  readonly line: number
}

export function parseCorefile(text: string): readonly ServerBlock[] {
  const tokens = tokenize(text)
  const blocks: ServerBlock[] = []
  let at = 0
  while (at < tokens.length) {
    const keys: string[] = []
    for (; tokens[at] && tokens[at]?.text !== '{'; at++) keys.push(tokens[at]?.text ?? '')
    const { directives, next } = parseBlock(tokens, at)
    at = next
    blocks.push(serverBlock(keys, directives))
  }
  if (blocks.length === 0) throw new CorefileError('Corefile:1 - Error during parsing: no server blocks')
  return blocks
}

function tokenize(text: string): Token[] {
  return text.split('\n').flatMap((line, index) => {
    const words = line.replace(/#.*/, '').match(/"[^"]*"|\S+/g) ?? []
    return words.map((word) => ({ text: word.replace(/^"(.*)"$/, '$1'), line: index + 1 }))
  })
}

function parseBlock(tokens: readonly Token[], from: number): { directives: Directive[]; next: number } {
  const open = tokens[from]
  if (open?.text !== '{') {
    const line = tokens[from - 1]?.line ?? 1
    throw new CorefileError(`Corefile:${line} - Error during parsing: Unexpected EOF, expecting '{'`)
  }
  const directives: Directive[] = []
  let at = from + 1
  for (;;) {
    const token = tokens[at]
    if (!token) {
      throw new CorefileError(`Corefile:${open.line} - Error during parsing: Unexpected EOF, expecting '}'`)
    }
    if (token.text === '}') return { directives, next: at + 1 }
    const args: string[] = []
    let block: Directive[] = []
    at += 1
    for (let word = tokens[at]; word && word.line === token.line && word.text !== '}'; word = tokens[at]) {
      if (word.text === '{') {
        const inner = parseBlock(tokens, at)
        block = inner.directives
        at = inner.next
        break
      }
      args.push(word.text)
      at += 1
    }
    directives.push({ name: token.text, args, block })
  }
}

function serverBlock(keys: readonly string[], plugins: readonly Directive[]): ServerBlock {
  let port = 53
  const zones = keys.map((key) => {
    const [, zone = '', given] = /^(?:dns:\/\/)?(.*?)(?::(\d+))?,?$/.exec(key) ?? []
    if (given !== undefined) port = Number(given)
    return zone.replace(/\.$/, '').toLowerCase()
  })
  return { zones, port, plugins }
}
