// iptables-restore: whole tables from text, all of a table or nothing of it (iptables-restore(8)).

import { IptablesError } from './iptables-error.ts'
import type { Netfilter } from './netfilter.ts'
import { parseRule } from './parse.ts'
import { TargetError } from './parse-target.ts'
import { builtInChains, type Chain, makeChain, type Rule, type Table, type TableName } from './rule.ts'
import { MissingArgument, splitWords } from './words.ts'

/**
 * With `flush` (the tool's default) tables are emptied first; without it (--noflush) only chains that the text declares are.
 * Throws IptablesError with the line's number.
 */
export function restoreNetfilter(
  netfilter: Netfilter,
  text: string,
  options: { readonly flush: boolean },
): void {
  let draft: { table: Table; chains: Map<string, Chain> } | undefined
  const lines = text.split('\n')
  for (const [index, line] of lines.entries()) {
    try {
      if (line === '' || line.startsWith('#')) continue
      if (line.startsWith('*')) {
        draft = begin(netfilter, line.slice(1).trim(), options.flush)
        continue
      }
      if (!draft) throw new IptablesError(`line ${index + 1} failed: no table yet`)
      if (line.trim() === 'COMMIT') {
        commit(draft.table, draft.chains)
        draft = undefined
        continue
      }
      restoreLine(draft.table, draft.chains, line)
    } catch (error) {
      throw atLine(error, index + 1)
    }
  }
  netfilter.changed()
}

export function tableNamed(name: string): TableName {
  if (name in builtInChains) return name as TableName
  throw new IptablesError(`table '${name}' does not exist`, 3)
}

function begin(netfilter: Netfilter, name: string, flush: boolean) {
  const table = netfilter.table(tableNamed(name))
  const chains = new Map<string, Chain>()
  for (const [chain, known] of table.chains) {
    if (!flush) chains.set(chain, { ...known, rules: [...known.rules] })
    else if (table.isBuiltIn(chain)) chains.set(chain, makeChain(chain, 'ACCEPT'))
  }
  return { table, chains }
}

function restoreLine(table: Table, chains: Map<string, Chain>, line: string): void {
  if (line.startsWith(':')) {
    const [name = '', policy, counters] = line.slice(1).trim().split(/\s+/)
    const [, packets, bytes] = /^\[(\d+):(\d+)\]$/.exec(counters ?? '') ?? []
    const chain = makeChain(name, table.isBuiltIn(name) ? (policy === 'DROP' ? 'DROP' : 'ACCEPT') : undefined)
    // --noflush leaves the rules of built-in chains alone.
    const known = chains.get(name)
    if (known && table.isBuiltIn(name)) chain.rules = known.rules
    chain.packets = Number(packets ?? 0)
    chain.bytes = Number(bytes ?? 0)
    chains.set(name, chain)
    return
  }
  const [, packets, bytes, rest = line] = /^\[(\d+):(\d+)\]\s+(.*)$/.exec(line) ?? []
  const [command, chainName = '', ...words] = splitWords(rest)
  const chain = chains.get(chainName)
  if (!chain) throw new IptablesError(`No chain/target/match by that name.`, 1)
  switch (command) {
    case '-A': {
      const rule = parseRule(words)
      rule.packets = Number(packets ?? 0)
      rule.bytes = Number(bytes ?? 0)
      chain.rules.push(rule)
      return
    }
    case '-I':
      chain.rules.unshift(parseRule(words))
      return
    case '-F':
      chain.rules = []
      return
    case '-X':
      chains.delete(chainName)
      return
    default:
      throw new IptablesError(`unknown command ${command}`)
  }
}

function commit(table: Table, chains: Map<string, Chain>): void {
  for (const chain of chains.values()) {
    for (const rule of chain.rules) checkJump(chains, rule)
    checkLoop(chains, chain.name)
  }
  table.chains.clear()
  for (const [name, chain] of chains) table.chains.set(name, chain)
}

export function checkJump(chains: ReadonlyMap<string, Chain>, rule: Rule): void {
  if (rule.target?.kind !== 'jump' || chains.has(rule.target.chain)) return
  throw new IptablesError(`Couldn't load target \`${rule.target.chain}':No such file or directory`, 2)
}

/** The kernel refuses chains that lead back to themselves (ELOOP, which nf_tables reports as too many links). */
export function checkLoop(chains: ReadonlyMap<string, Chain>, start: string): void {
  const seen = new Set<string>()
  const open = [start]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const { target } of chains.get(name)?.rules ?? []) {
      if (target?.kind !== 'jump') continue
      if (target.chain === start)
        throw new IptablesError(`RULE_APPEND failed (Too many links): rule in chain ${start}`, 4)
      if (seen.has(target.chain)) continue
      seen.add(target.chain)
      open.push(target.chain)
    }
  }
}

function atLine(error: unknown, line: number): unknown {
  const isOurs =
    error instanceof IptablesError || error instanceof TargetError || error instanceof MissingArgument
  if (!isOurs) return error
  const exitCode = error instanceof IptablesError ? error.exitCode : 2
  return new IptablesError(`${error.message}\nError occurred at line: ${line}`, exitCode)
}
