// iptables, iptables-save and iptables-restore (nf_tables variant 1.8) over the rules that the namespace evaluates.
import type { Program } from '../../node/process.ts'
import type { Namespace } from '../namespace.ts'
import { IptablesError } from '../netfilter/iptables-error.ts'
import { parseRule } from '../netfilter/parse.ts'
import { TargetError } from '../netfilter/parse-target.ts'
import { formatRule, saveNetfilter } from '../netfilter/print.ts'
import { checkJump, checkLoop, restoreNetfilter, tableNamed } from '../netfilter/restore.ts'
import { type Chain, makeChain, type Rule, type Table } from '../netfilter/rule.ts'
import { MissingArgument } from '../netfilter/words.ts'
import { listChain } from './iptables-list.ts'
import { dateText, lines, readStdin, type ToolResult, tool } from './output.ts'

const version = 'v1.8.11 (nf_tables)'

interface Command {
  table: string
  verb: string
  /** What follows the verb, before the rule. */
  operands: string[]
  rule: string[]
  numeric: boolean
  verbose: boolean
  lineNumbers: boolean
}

export const iptables: Program = tool((namespace, process) => {
  try {
    return run(namespace, parseCommand(process.argv.slice(1)))
  } catch (error) {
    return refusal('iptables', error)
  }
})

export const iptablesSave: Program = tool((namespace, process) => {
  const argv = process.argv.slice(1)
  const at = argv.findIndex((word) => word === '-t' || word === '--table')
  const table = at >= 0 ? argv[at + 1] : undefined
  const counters = argv.includes('-c') || argv.includes('--counters')
  const out = saveNetfilter(namespace.netfilter, { table, counters, now: dateText(process.clock.now()) })
  return { code: 0, out }
})

export const iptablesRestore: Program = tool(async (namespace, process) => {
  const argv = process.argv.slice(1)
  const file = argv.find((word) => !word.startsWith('-'))
  const text = file === undefined ? await readStdin(process) : process.files.readText(file)
  try {
    restoreNetfilter(namespace.netfilter, text, {
      flush: !argv.includes('--noflush') && !argv.includes('-n'),
    })
    return { code: 0 }
  } catch (error) {
    return refusal('iptables-restore', error)
  }
})

function refusal(name: string, error: unknown): ToolResult {
  const ours =
    error instanceof IptablesError || error instanceof TargetError || error instanceof MissingArgument
  if (!ours) throw error
  const code = error instanceof IptablesError ? error.exitCode : 2
  const hint = code === 2 ? `Try \`${name} -h' or '${name} --help' for more information.\n` : ''
  const message = code === 1 ? `${name}: ${error.message}\n` : `${name} ${version}: ${error.message}\n${hint}`
  return { code, error: message }
}

const verbs: Readonly<Record<string, readonly [letter: string, operands: number]>> = {
  '-A': ['A', 1],
  '--append': ['A', 1],
  '-I': ['I', 2],
  '--insert': ['I', 2],
  '-D': ['D', 2],
  '--delete': ['D', 2],
  '-C': ['C', 1],
  '--check': ['C', 1],
  '-R': ['R', 2],
  '--replace': ['R', 2],
  '-N': ['N', 1],
  '--new-chain': ['N', 1],
  '-X': ['X', 1],
  '--delete-chain': ['X', 1],
  '-F': ['F', 1],
  '--flush': ['F', 1],
  '-P': ['P', 2],
  '--policy': ['P', 2],
  '-L': ['L', 2],
  '--list': ['L', 2],
  '-S': ['S', 2],
  '--list-rules': ['S', 2],
  '-Z': ['Z', 1],
  '--zero': ['Z', 1],
}

function parseCommand(words: readonly string[]): Command {
  const argv = unbundle(words)
  const command: Command = {
    table: 'filter',
    verb: '',
    operands: [],
    rule: [],
    numeric: false,
    verbose: false,
    lineNumbers: false,
  }
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? ''
    const verb = verbs[word]
    if (verb && command.verb === '') {
      command.verb = verb[0]
      while (command.operands.length < verb[1]) {
        const next = argv[index + 1]
        if (next === undefined || next.startsWith('-') || next === '!') break
        command.operands.push(next)
        index++
      }
    } else if (word === '-t' || word === '--table') command.table = argv[++index] ?? ''
    else if (word === '--line-numbers') command.lineNumbers = true
    else if (word === '-w' || word === '--wait') index += /^\d+$/.test(argv[index + 1] ?? '') ? 1 : 0
    else if (/^-[nvx]+$/.test(word) || word === '--numeric' || word === '--verbose') {
      command.numeric ||= /n/.test(word)
      command.verbose ||= word === '--verbose' || /^-\w*v/.test(word)
    } else command.rule.push(word)
  }
  if (command.verb === '') throw new IptablesError('no command specified')
  return command
}

/** `-nvL` and the like: getopt's bundles, the verb last. */
function unbundle(argv: readonly string[]): readonly string[] {
  return argv.flatMap((word) => {
    const [, flags, verb] = /^-([nvx]+)([LSZ])$/.exec(word) ?? []
    if (flags === undefined || verb === undefined) {
      const [, first, more] = /^-([LS])([nvx]+)$/.exec(word) ?? []
      return first === undefined ? [word] : [`-${more}`, `-${first}`]
    }
    return [`-${flags}`, `-${verb}`]
  })
}

function run(namespace: Namespace, command: Command): ToolResult {
  const table = namespace.netfilter.table(tableNamed(command.table))
  const [name = '', operand] = command.operands
  switch (command.verb) {
    case 'L':
      return { code: 0, out: list(table, command, name) }
    case 'S':
      return { code: 0, out: lines(specifications(table, name, operand)) }
    case 'C': {
      const text = formatRule(name, parseRule(command.rule))
      const found = chainNamed(table, name).rules.some((rule) => formatRule(name, rule) === text)
      return found
        ? { code: 0 }
        : { code: 1, error: 'iptables: Bad rule (does a matching rule exist in that chain?).\n' }
    }
    default:
      change(table, command, name, operand)
      namespace.netfilter.changed()
      return { code: 0 }
  }
}

function change(table: Table, command: Command, name: string, operand: string | undefined): void {
  switch (command.verb) {
    case 'N':
      if (table.chains.has(name)) throw new IptablesError('Chain already exists.', 1)
      table.chains.set(name, makeChain(name))
      return
    case 'X':
      for (const chain of name === '' ? ownChains(table) : [chainNamed(table, name)])
        removeChain(table, chain)
      return
    case 'F':
      for (const chain of name === '' ? table.chains.values() : [chainNamed(table, name)]) chain.rules = []
      return
    case 'Z':
      for (const chain of name === '' ? table.chains.values() : [chainNamed(table, name)]) {
        for (const counted of [chain, ...chain.rules]) Object.assign(counted, { packets: 0, bytes: 0 })
      }
      return
    case 'P': {
      if (!table.isBuiltIn(name)) throw new IptablesError('Bad built-in chain name.', 1)
      if (operand !== 'ACCEPT' && operand !== 'DROP')
        throw new IptablesError("Bad policy name. Run `dmesg' for more information.", 1)
      chainNamed(table, name).policy = operand
      return
    }
    case 'D':
      deleteRule(chainNamed(table, name), command, operand)
      return
    default:
      addRule(table, chainNamed(table, name), command, operand)
  }
}

function addRule(table: Table, chain: Chain, command: Command, operand: string | undefined): void {
  const rule = parseRule(command.rule)
  checkJump(table.chains, rule)
  if (rule.target?.kind === 'DNAT' && table.name !== 'nat')
    throw new IptablesError("Invalid argument. Run `dmesg' for more information.", 4)
  const at = Number(operand ?? 1) - 1
  const before = [...chain.rules]
  if (command.verb === 'A') chain.rules.push(rule)
  else if (at < 0 || at > chain.rules.length) throw new IptablesError('Index of insertion too big.', 1)
  else chain.rules.splice(at, command.verb === 'R' ? 1 : 0, rule)
  try {
    checkLoop(table.chains, chain.name)
  } catch (error) {
    chain.rules = before
    throw error
  }
}

function deleteRule(chain: Chain, command: Command, operand: string | undefined): void {
  const wanted = operand === undefined ? formatRule(chain.name, parseRule(command.rule)) : undefined
  const index =
    operand === undefined
      ? chain.rules.findIndex((rule: Rule) => formatRule(chain.name, rule) === wanted)
      : Number(operand) - 1
  if (!chain.rules[index]) throw new IptablesError('Bad rule (does a matching rule exist in that chain?).', 1)
  chain.rules.splice(index, 1)
}

function removeChain(table: Table, chain: Chain): void {
  const used = [...table.chains.values()].some((other) =>
    other.rules.some((rule) => rule.target?.kind === 'jump' && rule.target.chain === chain.name),
  )
  if (used) throw new IptablesError('Too many links.', 1)
  if (chain.rules.length > 0) throw new IptablesError('Directory not empty', 1)
  table.chains.delete(chain.name)
}

function ownChains(table: Table): readonly Chain[] {
  return [...table.chains.values()].filter((chain) => !table.isBuiltIn(chain.name))
}

function chainNamed(table: Table, name: string): Chain {
  const chain = table.chains.get(name)
  if (!chain) throw new IptablesError('No chain/target/match by that name.', 1)
  return chain
}

function sorted(table: Table): readonly Chain[] {
  const builtIn = [...table.chains.values()].filter((chain) => table.isBuiltIn(chain.name))
  return [...builtIn, ...ownChains(table).toSorted((a, b) => (a.name < b.name ? -1 : 1))]
}

function specifications(table: Table, name: string, operand: string | undefined): string[] {
  const chains = name === '' ? sorted(table) : [chainNamed(table, name)]
  const declared = chains.map((chain) =>
    chain.policy ? `-P ${chain.name} ${chain.policy}` : `-N ${chain.name}`,
  )
  const rules = chains.flatMap((chain) => chain.rules.map((rule) => formatRule(chain.name, rule)))
  if (operand !== undefined) return rules.slice(Number(operand) - 1, Number(operand))
  return [...declared, ...rules]
}

function list(table: Table, command: Command, name: string): string {
  const chains = name === '' ? sorted(table) : [chainNamed(table, name)]
  return chains.map((chain) => listChain(table, chain, command)).join('\n')
}
