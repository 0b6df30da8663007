// Breaks prose into indented lines, as kubectl explain does (explain/formatter.go).

export function wrap(text: string, width: number, indent: number): string {
  const pad = ' '.repeat(indent)
  return text
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const lines: string[] = []
      let current = ''
      for (const word of line.split(' ')) {
        if (current !== '' && current.length + 1 + word.length > width) {
          lines.push(current)
          current = word
        } else current = current === '' ? word : `${current} ${word}`
      }
      return [...lines, current]
    })
    .map((line) => `${pad}${line}\n`)
    .join('')
}
