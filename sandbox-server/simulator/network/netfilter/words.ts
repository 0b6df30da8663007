// The words of an iptables command, taken one by one, and the splitting of a line into them with quotes.

export class MissingArgument extends Error {}

export class Words {
  readonly #words: readonly string[]
  #at = 0

  constructor(words: readonly string[]) {
    this.#words = words
  }

  next(): string | undefined {
    return this.#words[this.#at++]
  }

  peek(): string | undefined {
    return this.#words[this.#at]
  }

  /** Empty words are what two spaces in a row leave. */
  expect(flag: string): string {
    let word = this.next()
    while (word === '') word = this.next()
    if (word === undefined) throw new MissingArgument(`option "${flag}" requires an argument`)
    return word
  }
}

/** Splits at blanks; double quotes hold words together, a backslash takes the next character as it is. */
export function splitWords(line: string): string[] {
  const words: string[] = []
  let word = ''
  let open = false
  let quoted = false
  for (let index = 0; index < line.length; index++) {
    const character = line[index] ?? ''
    if (character === '\\') {
      word += line[++index] ?? ''
      open = true
    } else if (character === '"') {
      quoted = !quoted
      open = true
    } else if (!quoted && (character === ' ' || character === '\t')) {
      if (open) words.push(word)
      word = ''
      open = false
    } else {
      word += character
      open = true
    }
  }
  if (open) words.push(word)
  return words
}
