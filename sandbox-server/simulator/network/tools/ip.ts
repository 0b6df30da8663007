// ip(8) of iproute2: link, address, route, neighbour and rule, shown and (as far as lessons need it) changed.
import type { Program } from '../../node/process.ts'
import { formatAddress, parseAddress, parseCidr } from '../ipv4.ts'
import type { Namespace } from '../namespace.ts'
import type { NetworkInterface } from '../network-interface.ts'
import { formatAddresses, formatLink, type LinkStyle } from './ip-link.ts'
import { routeCommand } from './ip-route.ts'
import { lines, type ToolResult, tool } from './output.ts'

interface Options extends LinkStyle {
  readonly onlyIpv4: boolean
  readonly onlyIpv6: boolean
}

export const ip: Program = tool((namespace, process) => {
  const argv = process.argv.slice(1)
  const at = argv.findIndex((word) => !word.startsWith('-'))
  const flags = at < 0 ? argv : argv.slice(0, at)
  const has = (...names: string[]) => flags.some((flag) => names.includes(flag))
  const options: Options = {
    brief: has('-br', '-brief', '--brief'),
    oneLine: has('-o', '-oneline', '--oneline'),
    details: has('-d', '-details'),
    statistics: has('-s', '-statistics'),
    onlyIpv4: has('-4'),
    onlyIpv6: has('-6'),
  }
  if (has('-V', '-Version')) return { code: 0, out: 'ip utility, iproute2-6.15.0\n' }
  if (has('-j', '-json', '-p', '-pretty')) return failure('JSON output is not simulated.')
  const [object = '', ...rest] = at < 0 ? [] : argv.slice(at)
  if (matches(object, 'link')) return link(namespace, rest, options)
  if (matches(object, 'address') || object === 'addr') return addresses(namespace, rest, options)
  if (matches(object, 'route')) return routeCommand(namespace, rest, options.onlyIpv6)
  if (matches(object, 'neighbour') || matches(object, 'neighbor')) return neighbours(namespace, rest)
  if (matches(object, 'rule')) {
    const rules = [
      '0:\tfrom all lookup local',
      '32766:\tfrom all lookup main',
      '32767:\tfrom all lookup default',
    ]
    return { code: 0, out: lines(rules) }
  }
  if (object === '' || object === 'help') {
    return {
      code: 255,
      error:
        'Usage: ip [ -4 | -6 | -br | -o | -d | -s ] { link | address | route | neighbour | rule } [ COMMAND ]\n',
    }
  }
  return { code: 1, error: `Object "${object}" is unknown, try "ip help".\n` }
})

/** iproute2 takes any beginning of an object's name. */
function matches(word: string, object: string): boolean {
  return word !== '' && object.startsWith(word)
}

function failure(message: string): ToolResult {
  return { code: 1, error: `${message}\n` }
}

function link(namespace: Namespace, words: readonly string[], options: Options): ToolResult {
  const [verb = 'show', ...rest] = words
  if (verb === 'set') return setLink(namespace, rest)
  if (!matches(verb, 'show') && !matches(verb, 'list'))
    return failure(`Command "${verb}" is not simulated, try "ip link help".`)
  const chosen = choose(namespace, rest)
  if (typeof chosen === 'string') return failure(chosen)
  return { code: 0, out: lines(chosen.map((device) => formatLink(device, options))) }
}

function setLink(namespace: Namespace, words: readonly string[]): ToolResult {
  const rest = words.filter((word) => word !== 'dev')
  const name = rest[0] ?? ''
  const device = namespace.interface(name)
  if (!device) return failure(`Cannot find device "${name}"`)
  for (let index = 1; index < rest.length; index++) {
    const word = rest[index]
    if (word === 'up' || word === 'down') device.up = word === 'up'
    else if (word === 'mtu') {
      const mtu = Number(rest[++index])
      if (!Number.isInteger(mtu))
        return failure(`Error: argument "${rest[index]}" is wrong: Invalid "mtu" value`)
      if (mtu < 68) return { code: 2, error: 'Error: mtu less than device minimum.\n' }
      device.mtu = mtu
    } else return failure(`Error: argument "${word}" is not simulated.`)
  }
  return { code: 0 }
}

function addresses(namespace: Namespace, words: readonly string[], options: Options): ToolResult {
  const [verb = 'show', ...rest] = words
  if (verb === 'add' || verb === 'del') return changeAddress(namespace, verb, rest)
  const shows = matches(verb, 'show') || matches(verb, 'list')
  const chosen = choose(namespace, shows ? rest : words)
  if (typeof chosen === 'string') return failure(chosen)
  if (options.onlyIpv6) return { code: 0 }
  const listed = options.onlyIpv4 ? chosen.filter((one) => one.addresses.length > 0) : chosen
  return {
    code: 0,
    out: lines(listed.flatMap((one) => formatAddresses(one, options, !options.onlyIpv4) ?? [])),
  }
}

function changeAddress(namespace: Namespace, verb: 'add' | 'del', words: readonly string[]): ToolResult {
  const [text = '', , name = ''] = words
  const device = namespace.interface(name)
  const prefix = parseCidr(text)
  const value = parseAddress(text.split('/')[0] ?? '')
  if (!prefix || value === undefined)
    return failure(`Error: any valid prefix is expected rather than "${text}".`)
  if (!device) return failure(`Cannot find device "${name}"`)
  const known = device.addresses.findIndex((one) => one.address === value)
  if (verb === 'add') {
    if (known >= 0) return { code: 2, error: 'RTNETLINK answers: File exists\n' }
    device.addAddress(value, prefix.length)
    return { code: 0 }
  }
  if (known < 0) return { code: 2, error: 'RTNETLINK answers: Cannot assign requested address\n' }
  device.addresses.splice(known, 1)
  namespace.addressesChanged()
  namespace.routes.remove((route) => route.device === device && route.source === value)
  return { code: 0 }
}

function neighbours(namespace: Namespace, words: readonly string[]): ToolResult {
  const rest = words.filter((word) => word !== 'show' && word !== 'list')
  const at = rest.indexOf('dev')
  const device = at >= 0 ? rest[at + 1] : undefined
  const address = rest.find((word) => parseAddress(word) !== undefined)
  const rows = namespace.neighbours.list().flatMap((one) => {
    const text = formatAddress(one.address)
    if ((device !== undefined && one.device.name !== device) || (address !== undefined && text !== address))
      return []
    const where = device === undefined ? ` dev ${one.device.name}` : ''
    const mac = one.mac === undefined ? '' : ` lladdr ${one.mac}`
    return [`${text}${where}${mac} ${namespace.neighbours.state(one)} `]
  })
  return { code: 0, out: lines(rows) }
}

/** `dev X`, `X`, `master X`, `type X`; gives the error where there is no such device. */
function choose(namespace: Namespace, words: readonly string[]): readonly NetworkInterface[] | string {
  const at = words.indexOf('master')
  if (at >= 0) return namespace.interfaces().filter((one) => one.master?.name === words[at + 1])
  const kind = words.indexOf('type')
  if (kind >= 0) return namespace.interfaces().filter((one) => one.kind === words[kind + 1])
  const name = words.find((word) => word !== 'dev' && word !== 'up')
  if (name === undefined) return namespace.interfaces()
  const device = namespace.interface(name)
  return device ? [device] : `Device "${name}" does not exist.`
}
