// Rule specifications of iptables(8) to rules. What is not simulated is refused by name, never taken and ignored.
import { parseAddress } from '../ipv4.ts'
import { IptablesError } from './iptables-error.ts'
import { parseTarget } from './parse-target.ts'
import { addressType, icmpType, ports, prefix, protocol, states, valueAndMask } from './parse-values.ts'
import type { MatchModule, Negatable, Rule, Target } from './rule.ts'
import { Words } from './words.ts'

interface Draft {
  source?: Rule['source']
  destination?: Rule['destination']
  input?: Rule['input']
  output?: Rule['output']
  protocol?: Rule['protocol']
  target?: Target
  readonly modules: MatchModule[]
}

/** `words` is what follows `-A CHAIN`. */
export function parseRule(argv: readonly string[]): Rule {
  const words = new Words(argv)
  const draft: Draft = { modules: [] }
  for (let word = words.next(); word !== undefined; word = words.next()) {
    const inverted = word === '!'
    const flag = inverted ? words.expect('!') : word
    readFlag(draft, flag, inverted, words)
  }
  return {
    source: draft.source,
    destination: draft.destination,
    input: draft.input,
    output: draft.output,
    protocol: draft.protocol,
    modules: draft.modules.map(finish),
    target: draft.target,
    packets: 0,
    bytes: 0,
  }
}

function readFlag(draft: Draft, flag: string, inverted: boolean, words: Words): void {
  switch (flag) {
    case '-s':
    case '--source':
    case '--src':
      draft.source = { value: prefix(words.expect(flag)), inverted }
      return
    case '-d':
    case '--destination':
    case '--dst':
      draft.destination = { value: prefix(words.expect(flag)), inverted }
      return
    case '-i':
    case '--in-interface':
      draft.input = { value: words.expect(flag), inverted }
      return
    case '-o':
    case '--out-interface':
      draft.output = { value: words.expect(flag), inverted }
      return
    case '-p':
    case '--protocol': {
      const name = words.expect(flag).toLowerCase()
      if (name !== 'all') draft.protocol = { value: protocol(name), inverted }
      return
    }
    case '-m':
    case '--match':
      openModule(draft, words.expect(flag))
      return
    case '-j':
    case '--jump':
    case '-g':
    case '--goto':
      draft.target = parseTarget(words, flag === '-g' || flag === '--goto')
      return
    case '-c':
      words.expect(flag)
      words.expect(flag)
      return
    default:
      readModuleFlag(draft, flag, inverted, words)
  }
}

/** Modules are filled in place while their options are read. */
function openModule(draft: Draft, name: string): object {
  const empty: Record<string, unknown> = { module: name }
  switch (name) {
    case 'recent':
      Object.assign(empty, {
        inverted: false,
        reap: false,
        name: 'DEFAULT',
        mask: 0xffffffff,
        side: 'rsource',
      })
      break
    case 'comment':
    case 'tcp':
    case 'udp':
    case 'icmp':
    case 'multiport':
    case 'mark':
    case 'conntrack':
    case 'state':
    case 'addrtype':
    case 'statistic':
    case 'nfacct':
      break
    default:
      throw new IptablesError(`Couldn't load match \`${name}':No such file or directory`)
  }
  draft.modules.push(empty as unknown as MatchModule)
  return empty
}

function module(draft: Draft, ...names: readonly string[]): object {
  const open = draft.modules.findLast((one) => names.includes(one.module))
  if (open) return open
  // `-p tcp --dport 80` brings its module along.
  const implied = draft.protocol?.value
  if (implied && names.includes(implied)) return openModule(draft, implied)
  throw new IptablesError(`unknown option; the module ${names.join(' or ')} is not loaded`)
}

function readModuleFlag(draft: Draft, flag: string, inverted: boolean, words: Words): void {
  const negatable = <T>(value: T): Negatable<T> => ({ value, inverted })
  switch (flag) {
    case '--comment':
      Object.assign(module(draft, 'comment'), { text: words.expect(flag) })
      return
    case '--sport':
    case '--source-port':
      Object.assign(module(draft, 'tcp', 'udp'), { sourcePorts: negatable(ports(words.expect(flag))) })
      return
    case '--dport':
    case '--destination-port':
      Object.assign(module(draft, 'tcp', 'udp'), { destinationPorts: negatable(ports(words.expect(flag))) })
      return
    case '--syn':
      Object.assign(module(draft, 'tcp'), { syn: negatable(true) })
      return
    case '--tcp-flags': {
      const mask = words.expect(flag)
      const set = words.expect(flag)
      const isSyn = mask.split(',').sort().join(',') === 'ACK,FIN,RST,SYN' && set === 'SYN'
      if (!isSyn) throw new IptablesError(`--tcp-flags ${mask} ${set} is not simulated`)
      Object.assign(module(draft, 'tcp'), { syn: negatable(true) })
      return
    }
    case '--icmp-type':
      Object.assign(module(draft, 'icmp'), { type: negatable(icmpType(words.expect(flag))) })
      return
    case '--sports':
    case '--dports': {
      const open = module(draft, 'multiport')
      Object.assign(open, { side: flag.slice(2) })
      Object.assign(open, { ports: negatable(words.expect(flag).split(',').map(ports)) })
      return
    }
    case '--mark':
      Object.assign(module(draft, 'mark'), { mark: negatable(valueAndMask(words.expect(flag))) })
      return
    case '--ctstate':
      Object.assign(module(draft, 'conntrack'), { states: negatable(states(words.expect(flag))) })
      return
    case '--state':
      Object.assign(module(draft, 'state'), { states: negatable(states(words.expect(flag))) })
      return
    case '--src-type':
      Object.assign(module(draft, 'addrtype'), { source: negatable(addressType(words.expect(flag))) })
      return
    case '--dst-type':
      Object.assign(module(draft, 'addrtype'), { destination: negatable(addressType(words.expect(flag))) })
      return
    case '--mode': {
      const mode = words.expect(flag)
      if (mode !== 'random') throw new IptablesError(`statistic mode ${mode} is not simulated`)
      return
    }
    case '--probability': {
      const probability = Number(words.expect(flag))
      if (!(probability >= 0 && probability <= 1)) throw new IptablesError('bad value for --probability')
      Object.assign(module(draft, 'statistic'), { probability: Math.round(probability * 2 ** 31) })
      return
    }
    case '--nfacct-name':
      Object.assign(module(draft, 'nfacct'), { name: words.expect(flag) })
      return
    default:
      readRecentFlag(draft, flag, inverted, words)
  }
}

function readRecentFlag(draft: Draft, flag: string, inverted: boolean, words: Words): void {
  const known = /^--(set|rcheck|update|remove|seconds|reap|name|mask|rsource|rdest)$/.exec(flag)?.[1]
  if (!known) throw new IptablesError(`unknown option "${flag}"`)
  const open = module(draft, 'recent')
  switch (known) {
    case 'seconds':
      Object.assign(open, { seconds: Number(words.expect(flag)) })
      return
    case 'reap':
      Object.assign(open, { reap: true })
      return
    case 'name':
      Object.assign(open, { name: words.expect(flag) })
      return
    case 'mask':
      Object.assign(open, { mask: parseAddress(words.expect(flag)) ?? 0xffffffff })
      return
    case 'rsource':
    case 'rdest':
      Object.assign(open, { side: known })
      return
    default:
      Object.assign(open, { action: known })
      Object.assign(open, { inverted: inverted })
  }
}

/** A module whose options are missing is refused, as the real tool does. */
function finish(open: MatchModule): MatchModule {
  const needs: Partial<Record<MatchModule['module'], readonly [key: string, flag: string]>> = {
    comment: ['text', '--comment'],
    mark: ['mark', '--mark'],
    conntrack: ['states', '--ctstate'],
    state: ['states', '--state'],
    statistic: ['probability', '--probability'],
    nfacct: ['name', '--nfacct-name'],
    multiport: ['ports', '--dports'],
    icmp: ['type', '--icmp-type'],
    recent: ['action', '--set'],
  }
  const need = needs[open.module]
  if (need && !(need[0] in open))
    throw new IptablesError(`${open.module}: option "${need[1]}" must be specified`)
  return open
}
