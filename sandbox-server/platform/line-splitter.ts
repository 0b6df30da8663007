// Cuts a byte stream into lines of text as they come.

export interface LineSplitter {
  add(data: Uint8Array): void
  /** Gives what is left without a line end. */
  end(): void
}

/** A line longer than this is cut, so that a program without line ends cannot fill the memory. */
const longest = 64 * 2 ** 10

export function createLineSplitter(onLine: (line: string) => void): LineSplitter {
  const decoder = new TextDecoder()
  let rest = ''
  const cut = () => {
    const lines = rest.split(/\r?\n/)
    rest = lines.pop() ?? ''
    if (rest.length > longest) {
      lines.push(rest)
      rest = ''
    }
    for (const line of lines) onLine(line)
  }
  return {
    add(data) {
      rest += decoder.decode(data, { stream: true })
      cut()
    },
    end() {
      rest += decoder.decode()
      cut()
      if (rest !== '') onLine(rest)
      rest = ''
    },
  }
}
