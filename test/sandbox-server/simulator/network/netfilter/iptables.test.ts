import { describe, expect, test } from 'vitest'
import { saveNetfilter } from '../../../../../sandbox-server/simulator/network/netfilter/print.ts'
import { restoreNetfilter } from '../../../../../sandbox-server/simulator/network/netfilter/restore.ts'
import { bytes, outcome, text, twoMachines } from '../machines.ts'

/** What the real iptables-save (1.8, nf_tables) prints of these rules on a kind node. */
const saved = `*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-FIREWALL - [0:0]
-A INPUT -j KUBE-FIREWALL
-A FORWARD ! -i lo -p tcp -m tcp --dport 80:90 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment "block incoming localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A PREROUTING -d 10.96.0.1/32 -p tcp -m tcp --dport 443 -j DNAT --to-destination 172.18.0.2:6443
-A PREROUTING -p tcp -m multiport --dports 80,443 -m statistic --mode random --probability 0.33333333349 -j DNAT --to-destination 10.244.1.2:8080
-A POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A POSTROUTING -m comment --comment quick -j MASQUERADE --random-fully
-A POSTROUTING -m addrtype --dst-type LOCAL -j MARK --set-xmark 0x4000/0x0
COMMIT
`

const print = (machine: ReturnType<typeof twoMachines>['a']) =>
  saveNetfilter(machine.netfilter, { counters: false, now: 'now' })
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')

describe('iptables-restore and iptables-save', () => {
  test('print what they read', () => {
    const { a } = twoMachines()
    restoreNetfilter(a.netfilter, saved, { flush: true })
    expect(print(a)).toBe(saved)
  })

  test('spell shorthand as the real tool does', () => {
    const { a } = twoMachines()
    const short = `*nat
:KUBE-MARK-MASQ - [0:0]
:SVC - [0:0]
-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
-A SVC -m comment --comment "demo/web:http -> 10.244.1.2:8080" -m statistic --mode random --probability 0.5 -j RETURN
-A SVC -p udp --dport 53 -d 10.96.0.10 -j REDIRECT --to-ports 5353
COMMIT
`
    restoreNetfilter(a.netfilter, short, { flush: false })
    expect(print(a).split('\n').slice(7, -2)).toEqual([
      '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000',
      '-A SVC -m comment --comment "demo/web:http -> 10.244.1.2:8080" -m statistic --mode random --probability 0.50000000000 -j RETURN',
      '-A SVC -d 10.96.0.10/32 -p udp -m udp --dport 53 -j REDIRECT --to-ports 5353',
    ])
  })

  test('take a table whole or not at all, and name the line', () => {
    const { a } = twoMachines()
    const broken = '*filter\n-A INPUT -j DROP\n-A INPUT -m nosuch -j DROP\nCOMMIT\n'
    expect(() => restoreNetfilter(a.netfilter, broken, { flush: false })).toThrow(
      "Couldn't load match `nosuch':No such file or directory\nError occurred at line: 3",
    )
    expect(a.netfilter.isEmpty).toBe(true)
    const jump = '*filter\n-A INPUT -j LOG\nCOMMIT\n'
    expect(() => restoreNetfilter(a.netfilter, jump, { flush: false })).toThrow(
      'the target LOG is not simulated',
    )
  })
})

describe('chains', () => {
  test('that lead back to themselves are refused', () => {
    const { a } = twoMachines()
    const looped = '*filter\n:A - [0:0]\n:B - [0:0]\n-A A -j B\n-A B -j A\nCOMMIT\n'
    expect(() => restoreNetfilter(a.netfilter, looped, { flush: false })).toThrow('Too many links')
  })

  test('that branch into one another hold up a packet for a while, and not for ever', async () => {
    const { a, b, clock } = twoMachines()
    const names = Array.from({ length: 14 }, (_, index) => `C${index}`)
    const jumps = names
      .slice(1)
      .flatMap((name, index) => new Array<string>(10).fill(`-A C${index} -j ${name}`))
    const rules = [
      '*filter',
      ...names.map((name) => `:${name} - [0:0]`),
      ...jumps,
      '-A INPUT -j C0',
      'COMMIT',
      '',
    ]
    restoreNetfilter(b.netfilter, rules.join('\n'), { flush: false })
    const timeout = new AbortController()
    clock.after(1000, () => timeout.abort(new Error('no answer')))
    const ping = a.sockets.ping({ to: '172.18.0.3', bytes: 56, sequence: 1, signal: timeout.signal })
    expect(await outcome(clock, ping)).toEqual({ error: 'no answer', afterMs: 1000 })
  })
})

describe('a packet', () => {
  const rules = (saved: string) => {
    const machines = twoMachines()
    restoreNetfilter(machines.b.netfilter, saved, { flush: true })
    machines.b.sockets.listen({ port: 80 }, (connection) => {
      void connection.write(bytes(connection.remote.address)).then(() => connection.end())
    })
    const connect = async (port: number) => {
      const connection = await machines.a.sockets.connect({ to: { address: '172.18.0.3', port } })
      return text(await connection.read())
    }
    return { ...machines, connect }
  }

  test('is dropped, refused by ICMP, refused by a reset, or sent elsewhere, as its rule says', async () => {
    const { clock, connect } = rules(`*filter
-A INPUT -p tcp --dport 81 -j DROP
-A INPUT -p tcp --dport 82 -j REJECT
-A INPUT -p tcp --dport 83 -j REJECT --reject-with tcp-reset
-A INPUT -p tcp --dport 84 -j REJECT --reject-with icmp-host-prohibited
COMMIT
*nat
-A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 172.18.0.3:80
COMMIT
`)
    expect(await outcome(clock, connect(80))).toEqual({ value: '172.18.0.2', afterMs: 0 })
    expect(await outcome(clock, connect(8080))).toEqual({ value: '172.18.0.2', afterMs: 0 })
    expect(await outcome(clock, connect(82))).toEqual({ error: 'ECONNREFUSED', afterMs: 0 })
    expect(await outcome(clock, connect(83))).toEqual({ error: 'ECONNREFUSED', afterMs: 0 })
    expect(await outcome(clock, connect(84))).toEqual({ error: 'EHOSTUNREACH', afterMs: 0 })
    expect(await outcome(clock, connect(81))).toEqual({ error: 'ETIMEDOUT', afterMs: 127_000 })
  })

  test('of a UDP socket is refused to the call that receives, and dropped to the call that sends', async () => {
    const { clock, b } = rules(`*filter
-A OUTPUT -p udp --dport 53 -j REJECT
-A OUTPUT -p udp --dport 54 -j DROP
COMMIT
`)
    const send = async (port: number) => {
      const to = { address: '172.18.0.2', port }
      const socket = b.sockets.bindUdp({ connectedTo: to })
      socket.send(bytes('?'), to)
      return socket.receive()
    }
    expect(await outcome(clock, send(53))).toEqual({ error: 'ECONNREFUSED', afterMs: 0 })
    expect(await outcome(clock, send(54))).toEqual({ error: 'EPERM', afterMs: 0 })
  })

  test('that a NOTRACK rule meets belongs to no flow and is not translated', async () => {
    const { clock, b, connect } = rules(`*raw
-A PREROUTING -p tcp --dport 8080 -j NOTRACK
COMMIT
*nat
-A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 172.18.0.3:80
COMMIT
`)
    expect(await outcome(clock, connect(8080))).toEqual({ error: 'ECONNREFUSED', afterMs: 0 })
    expect(await outcome(clock, connect(80))).toEqual({ value: '172.18.0.2', afterMs: 0 })
    expect(b.netfilter.conntrack.list().map((flow) => flow.original.destinationPort)).toEqual([80])
  })

  test('goes to a backend by chance, each its share', async () => {
    const { clock, b, connect } = rules(`*nat
-A PREROUTING -p tcp --dport 8080 -m statistic --mode random --probability 0.25 -j DNAT --to-destination 172.18.0.3:8081
-A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 172.18.0.3:8082
COMMIT
`)
    const counts: Record<number, number> = { 8081: 0, 8082: 0 }
    for (const port of [8081, 8082]) {
      b.sockets.listen({ port }, (connection) => {
        counts[port] = (counts[port] ?? 0) + 1
        connection.end()
      })
    }
    const all = async () => {
      for (let index = 0; index < 400; index++) await connect(8080)
    }
    await outcome(clock, all())
    const [quarter = 0, rest = 0] = Object.values(counts)
    expect(quarter + rest).toBe(400)
    expect(Math.abs(quarter - 100)).toBeLessThan(25)
  })
})
