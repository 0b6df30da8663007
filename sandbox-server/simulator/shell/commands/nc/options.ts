// nc's command line.

export interface NcOptions {
  listen: boolean
  keepListening: boolean
  udp: boolean
  scan: boolean
  verbose: boolean
  numeric: boolean
  noStdin: boolean
  closeOnEof: boolean
  timeoutMs: number | undefined
  quitAfterMs: number | undefined
  localPort: number | undefined
  source: string | undefined
  positional: string[]
}

/** A text is what to print on stderr about wrong use. */
export function parseNc(words: readonly string[]): NcOptions | string {
  const options: NcOptions = {
    listen: false,
    keepListening: false,
    udp: false,
    scan: false,
    verbose: false,
    numeric: false,
    noStdin: false,
    closeOnEof: false,
    timeoutMs: undefined,
    quitAfterMs: undefined,
    localPort: undefined,
    source: undefined,
    positional: [],
  }
  const switches: Readonly<Record<string, () => void>> = {
    l: () => {
      options.listen = true
    },
    k: () => {
      options.keepListening = true
    },
    u: () => {
      options.udp = true
    },
    z: () => {
      options.scan = true
    },
    v: () => {
      options.verbose = true
    },
    n: () => {
      options.numeric = true
    },
    d: () => {
      options.noStdin = true
    },
    N: () => {
      options.closeOnEof = true
    },
  }
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    if (!word.startsWith('-') || word === '-') {
      options.positional.push(word)
      continue
    }
    for (let rest = word.slice(1); rest !== ''; ) {
      const letter = rest.slice(0, 1)
      rest = rest.slice(1)
      const flip = switches[letter]
      if (flip) flip()
      else if ('46tCDhrS'.includes(letter)) continue
      else if ('wqpsi'.includes(letter)) {
        const value = rest !== '' ? rest : words[++index]
        rest = ''
        if (value === undefined) return `nc: option requires an argument -- '${letter}'\n${ncUsage}`
        if (letter === 'w') options.timeoutMs = Number(value) * 1000
        else if (letter === 'q') options.quitAfterMs = Math.max(0, Number(value)) * 1000
        else if (letter === 'p') options.localPort = Number(value)
        else if (letter === 's') options.source = value
      } else return `nc: invalid option -- '${letter}'\n${ncUsage}`
    }
  }
  return options
}

export const ncUsage =
  'usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]\n\t  [-m minttl] [-O length] [-P proxy_username] [-p source_port]\n\t  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]\n\t  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]\n\t  [destination] [port]\n'
