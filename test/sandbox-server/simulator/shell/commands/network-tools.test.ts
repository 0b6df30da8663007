// dig, nslookup, ping, nc and wget in the words of Debian 12's bind 9.18, iputils, netcat-openbsd, and of busybox.
import { beforeEach, describe, expect, test } from 'vitest'
import { decodeDns, encodeDns } from '../../../../../sandbox-server/simulator/network/dns/codec.ts'
import { serveHttp } from '../../../../../sandbox-server/simulator/network/http/server.ts'
import { type NetworkMachine, networkMachine } from '../network-machine.ts'

let client: NetworkMachine

/** Knows web.demo.svc.cluster.local alone. */
async function serveDns({ b }: NetworkMachine): Promise<void> {
  const socket = b.sockets.bindUdp({ port: 53 })
  for (;;) {
    const { data, from } = await socket.receive()
    const query = decodeDns(data)
    const [question] = query.questions
    const known = question?.name === 'web.demo.svc.cluster.local'
    const answers =
      known && question.type === 'A'
        ? [{ name: question.name, type: 'A' as const, ttl: 30, address: '10.96.0.7' }]
        : []
    const code = known ? 'NOERROR' : 'NXDOMAIN'
    socket.send(
      encodeDns({ ...query, isResponse: true, isAuthoritative: true, code, answers, additionals: [] }),
      from,
    )
  }
}

beforeEach(() => {
  client = networkMachine()
})

const text = async (...argv: string[]) => {
  const { output, exitCode } = await client.run(argv)
  return exitCode === 0 ? output : `${output}[${exitCode}]`
}

describe('dig', () => {
  test('prints header, question, answer and statistics', async () => {
    void serveDns(client)
    const printed = await text('dig', '+search', 'web')
    expect(printed.replace(/id: \d+/, 'id: N').replace(/rcvd: \d+/, 'rcvd: N')).toBe(`
; <<>> DiG 9.18.33-1~deb12u2-Debian <<>> +search web
;; global options: +cmd
;; Got answer:
;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: N
;; flags: qr aa rd; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 0
;; WARNING: recursion requested but not available

;; QUESTION SECTION:
;web.demo.svc.cluster.local.	IN	A

;; ANSWER SECTION:
web.demo.svc.cluster.local. 30	IN	A	10.96.0.7

;; Query time: 0 msec
;; SERVER: 172.18.0.3#53(172.18.0.3) (UDP)
;; WHEN: Thu Jan 01 00:00:00 UTC 1970
;; MSG SIZE  rcvd: N

`)
  })

  test('prints what +short and +noall +answer ask for, of several names', async () => {
    void serveDns(client)
    expect(await text('dig', '+short', 'web.demo.svc.cluster.local', 'nosuch.cluster.local')).toBe(
      '10.96.0.7\n',
    )
    expect(await text('dig', '+noall', '+answer', '+nottl', 'web.demo.svc.cluster.local')).toBe(
      'web.demo.svc.cluster.local. IN\tA\t10.96.0.7\n',
    )
  })

  test('says that nobody answered', async () => {
    client.b.sockets.bindUdp({ port: 5353 })
    const { output, exitCode, ms } = await client.run([
      'dig',
      '+short',
      '-p',
      '5353',
      '@172.18.0.3',
      'x',
      '+time=1',
      '+tries=2',
    ])
    expect({ output, exitCode, ms }).toEqual({
      output: `;; communications error to 172.18.0.3#5353: timed out
;; communications error to 172.18.0.3#5353: timed out
;; no servers could be reached
`,
      exitCode: 9,
      ms: 2000,
    })
    expect(await text('dig', '+short', '-p', '54', '@172.18.0.3', 'x', '+tries=1')).toBe(
      ';; communications error to 172.18.0.3#54: connection refused\n;; no servers could be reached\n[9]',
    )
  })
})

test('nslookup goes through the search list and names the server', async () => {
  void serveDns(client)
  expect(await text('nslookup', 'web')).toBe(
    'Server:\t\t172.18.0.3\nAddress:\t172.18.0.3#53\n\nName:\tweb.demo.svc.cluster.local\nAddress: 10.96.0.7\n\n',
  )
  expect(await text('nslookup', 'nosuch')).toBe(
    "Server:\t\t172.18.0.3\nAddress:\t172.18.0.3#53\n\n** server can't find nosuch: NXDOMAIN\n\n[1]",
  )
})

describe('ping', () => {
  test('prints a line a reply and the statistics', async () => {
    expect(await text('ping', '-c', '2', 'web')).toBe(`PING web (172.18.0.3) 56(84) bytes of data.
64 bytes from web (172.18.0.3): icmp_seq=1 ttl=64 time=0.050 ms
64 bytes from web (172.18.0.3): icmp_seq=2 ttl=64 time=0.050 ms

--- web ping statistics ---
2 packets transmitted, 2 received, 0% packet loss, time 1000ms
rtt min/avg/max/mdev = 0.050/0.050/0.050/0.000 ms
`)
  })

  test('ends with 1 without a reply, and with 2 without an address', async () => {
    const { output, exitCode } = await client.run(['ping', '-c', '1', '-W', '1', 'nosuch'])
    expect({ output, exitCode }).toEqual({
      output: 'ping: nosuch: Temporary failure in name resolution\n',
      exitCode: 2,
    })
    expect((await client.run(['ping', '-c', '1', '-W', '1', '172.18.0.99'])).exitCode).toBe(1)
    expect(await text('ping', '-c', 'x', 'web')).toBe("ping: invalid argument: 'x'\n[2]")
  })
})

describe('nc', () => {
  test('tells an open port from a closed one', async () => {
    client.b.sockets.listen({ port: 80 }, (connection) => connection.end())
    expect(await text('nc', '-zv', 'web', '80')).toBe(
      'Connection to web (172.18.0.3) 80 port [tcp/http] succeeded!\n',
    )
    expect(await text('nc', '-zv', 'web', '81')).toBe(
      'nc: connect to web (172.18.0.3) port 81 (tcp) failed: Connection refused\n[1]',
    )
  })

  test('carries its input to the peer and prints what comes back', async () => {
    client.b.sockets.listen({ port: 7 }, async (connection) => {
      for (let data = await connection.read(); data; data = await connection.read())
        await connection.write(data)
      connection.end()
    })
    const { output, exitCode } = await client.run(['nc', '-N', 'web', '7'], 'to and fro\n')
    expect({ output, exitCode }).toEqual({ output: 'to and fro\n', exitCode: 0 })
  })
})

test('wget prints with -qO-, and words what fails', async () => {
  serveHttp(client.b.sockets, { port: 80 }, async ({ path }) =>
    path === '/' ? { status: 200, body: 'hello' } : { status: 404, body: 'no' },
  )
  expect(await text('wget', '-qO-', 'http://web')).toBe('hello')
  expect(await text('wget', '-qO-', 'http://web/x')).toBe(
    'wget: server returned error: HTTP/1.1 404 Not Found\n[1]',
  )
  expect(await text('wget', '-q', 'http://web:81/')).toBe(
    "wget: can't connect to remote host (172.18.0.3): Connection refused\n[1]",
  )
})

test('traceroute ends at the host', async () => {
  expect(await text('traceroute', '-q', '1', 'web')).toBe(
    'traceroute to web (172.18.0.3), 30 hops max, 60 byte packets\n 1  172.18.0.3 (172.18.0.3)  0.050 ms\n',
  )
})
