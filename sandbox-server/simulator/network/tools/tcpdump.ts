// tcpdump(8): prints the frames that pass an interface, as the simulator moves them.
import type { Process, Program } from '../../node/process.ts'
import { insideOf, type Namespace } from '../namespace.ts'
import type { Capture, NetworkInterface } from '../network-interface.ts'
import { type CaptureFilter, FilterSyntaxError, parseFilter } from './capture-filter.ts'
import { CapturePrinter, type LineStyle } from './capture-line.ts'

interface Options {
  readonly interface: string | undefined
  readonly count: number
  readonly filter: CaptureFilter
  readonly style: LineStyle
  readonly listsInterfaces: boolean
}

export const tcpdump: Program = async (process) => {
  const namespace = insideOf(process.machine.network)
  const options = parseOptions(process.argv.slice(1))
  if (typeof options === 'string') {
    await process.stderr.write(`tcpdump: ${options}\n`)
    return 1
  }
  if (options.listsInterfaces) {
    const names = namespace.interfaces().map((one, index) => `${index + 1}.${one.name} [Up, Running]\n`)
    await process.stdout.write(names.join(''))
    return 0
  }
  const chosen = interfaces(namespace, options.interface)
  if (!chosen) {
    await process.stderr.write(
      `tcpdump: ${options.interface}: No such device exists\n(No such device exists)\n`,
    )
    return 1
  }
  const name = options.interface ?? chosen[0]?.name ?? 'eth0'
  const link = name === 'any' ? 'LINUX_SLL2 (Linux cooked v2)' : 'EN10MB (Ethernet)'
  const verbosity = options.style.verbose
    ? ''
    : 'tcpdump: verbose output suppressed, use -v[v]... for full protocol decode\n'
  await process.stderr.write(
    `${verbosity}listening on ${name}, link-type ${link}, snapshot length 262144 bytes\n`,
  )
  const captured = await capture(process, chosen, options)
  const packets = captured === 1 ? 'packet' : 'packets'
  await process.stderr.write(
    `${captured} ${packets} captured\n${captured} ${packets} received by filter\n0 packets dropped by kernel\n`,
  )
  return 0
}

/** Runs until the count is reached or the process is interrupted; gives how many were printed. */
async function capture(
  process: Process,
  chosen: readonly NetworkInterface[],
  options: Options,
): Promise<number> {
  const printer = new CapturePrinter(options.style)
  const queue: Capture[] = []
  let wake: (() => void) | undefined
  let ended = false
  const end = () => {
    ended = true
    wake?.()
  }
  const tap = (one: Capture) => {
    if (!options.filter(one.frame)) return
    queue.push(one)
    wake?.()
  }
  process.onSignal('SIGINT', end)
  process.onSignal('SIGTERM', end)
  process.signal.addEventListener('abort', end, { once: true })
  for (const device of chosen) device.taps.add(tap)
  let printed = 0
  try {
    while (printed < options.count) {
      const next = queue.shift()
      if (next) {
        printed++
        await process.stdout.write(`${printer.line(next)}\n`)
        continue
      }
      if (ended) break
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  } finally {
    for (const device of chosen) device.taps.delete(tap)
  }
  return printed
}

function interfaces(namespace: Namespace, name: string | undefined): readonly NetworkInterface[] | undefined {
  if (name === 'any') return namespace.interfaces()
  if (name === undefined)
    return namespace
      .interfaces()
      .filter((one) => one.kind !== 'loopback')
      .slice(0, 1)
  const device = namespace.interface(name)
  return device && [device]
}

/** Gives the error in words where an option or the filter makes no sense. */
function parseOptions(argv: readonly string[]): Options | string {
  const words = [...argv]
  const letters = new Set<string>()
  let name: string | undefined
  let count = Number.POSITIVE_INFINITY
  const expression: string[] = []
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '--interface' || word === '--list-interfaces') {
      if (word === '--interface') name = words.shift()
      else letters.add('D')
      continue
    }
    if (!/^-[A-Za-z#]/.test(word)) {
      expression.push(word, ...words.splice(0))
      break
    }
    for (let index = 1; index < word.length; index++) {
      const letter = word[index] ?? ''
      if ('icsw'.includes(letter)) {
        const value = word.slice(index + 1) || words.shift()
        if (value === undefined) return `option requires an argument -- '${letter}'`
        if (letter === 'i') name = value
        if (letter === 'c') count = Number(value)
        if (letter === 'w') return 'writing capture files (-w) is not simulated'
        break
      }
      letters.add(letter)
    }
  }
  if (!(count > 0)) return `invalid packet count ${count}`
  const style: LineStyle = {
    link: letters.has('e'),
    verbose: letters.has('v'),
    quiet: letters.has('q'),
    withoutTime: letters.has('t'),
    absolute: letters.has('S'),
    anyInterface: name === 'any',
  }
  try {
    return {
      interface: name,
      count,
      filter: parseFilter(expression),
      style,
      listsInterfaces: letters.has('D'),
    }
  } catch (error) {
    if (!(error instanceof FilterSyntaxError)) throw error
    return `can't parse filter expression: ${error.message}`
  }
}
