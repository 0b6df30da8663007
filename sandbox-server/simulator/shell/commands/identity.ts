// Who and where: hostname(1), id(1), whoami(1), uname(1). Everybody is root here.
import { formatAddress } from '../../network/ipv4.ts'
import { insideOf } from '../../network/namespace.ts'
import type { Command } from './command.ts'
import { parseOptions, UsageError, withUsage } from './options.ts'

export const hostnameCommand: Command = {
  name: 'hostname',
  summary: "the machine's name, or its addresses",
  group: 'system',
  usage: 'hostname [-s|-f|-i|-I]',
  flags: {
    '-s': 'without the domain',
    '-f': 'with the domain',
    '-i': "the name's addresses",
    '-I': 'all addresses',
  },
  program: withUsage(async (process) => {
    const options = parseOptions(process.argv.slice(1), { s: 'short', f: 'long', i: 'addresses', I: 'all' })
    const { hostname, network } = process.machine
    const hosts = process.files.stat('/etc/hosts') ? process.files.readText('/etc/hosts') : ''
    const lines = hosts.split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
    const own = lines.filter(([, ...names]) => names.includes(hostname))
    let text = hostname
    if (options.has('addresses')) text = own.map(([address]) => address).join(' ')
    else if (options.has('long')) text = own[0]?.[1] ?? hostname
    else if (options.has('all')) {
      const devices = insideOf(network)
        .interfaces()
        .filter((device) => device.kind !== 'loopback')
      text = devices.flatMap((device) => device.addresses.map((one) => formatAddress(one.address))).join(' ')
    }
    if (text === '') throw new UsageError('Name or service not known')
    await process.stdout.write(`${text}\n`)
    return 0
  }),
}

export const idCommand: Command = {
  name: 'id',
  summary: 'who runs this',
  group: 'system',
  usage: 'id [-ugn]',
  program: withUsage(async (process) => {
    const options = parseOptions(process.argv.slice(1), { u: 'number', g: 'number', G: 'number', n: 'name' })
    await process.stdout.write(
      options.has('name')
        ? 'root\n'
        : options.has('number')
          ? '0\n'
          : 'uid=0(root) gid=0(root) groups=0(root)\n',
    )
    return 0
  }),
}

export const whoamiCommand: Command = {
  name: 'whoami',
  summary: 'who runs this',
  group: 'system',
  usage: 'whoami',
  program: async (process) => {
    await process.stdout.write('root\n')
    return 0
  },
}

export const unameCommand: Command = {
  name: 'uname',
  summary: 'the system and its version',
  group: 'system',
  usage: 'uname [-asnrvm]',
  program: withUsage(async (process) => {
    const options = parseOptions(process.argv.slice(1), {
      a: 'a',
      s: 's',
      n: 'n',
      r: 'r',
      v: 'v',
      m: 'm',
      o: 'o',
      p: 'm',
    })
    const parts = {
      s: 'Linux',
      n: process.machine.hostname,
      r: '6.12.57-simulated',
      v: '#1 SMP PREEMPT_DYNAMIC',
      m: 'x86_64',
      o: 'GNU/Linux',
    }
    const chosen = Object.entries(parts).filter(([letter]) => options.has('a') || options.has(letter))
    await process.stdout.write(
      `${(chosen.length > 0 ? chosen : [['s', parts.s]]).map(([, text]) => text).join(' ')}\n`,
    )
    return 0
  }),
}
