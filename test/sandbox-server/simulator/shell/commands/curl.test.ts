// curl's words and exit codes. Source: curl 7.88.1 as Debian 12 has it; the refused and unresolved cases are recorded from a real
// cluster in test/conformance.
import { beforeEach, describe, expect, test } from 'vitest'
import { readText } from '../../../../../sandbox-server/simulator/network/http/body.ts'
import { serveHttp } from '../../../../../sandbox-server/simulator/network/http/server.ts'
import { type NetworkMachine, networkMachine } from '../network-machine.ts'

let client: NetworkMachine

beforeEach(() => {
  client = networkMachine()
  serveHttp(client.b.sockets, { port: 80 }, async (request) => {
    if (request.path === '/moved') return { status: 302, headers: { Location: '/hello' }, body: 'gone' }
    if (request.path === '/broken') return { status: 503, body: 'broken' }
    if (request.path === '/echo')
      return {
        status: 200,
        body: `${request.method} ${request.headers.get('content-type')} ${await readText(request.body)}`,
      }
    return { status: 200, headers: { 'Content-Type': 'text/plain' }, body: 'hello' }
  })
})

const text = async (...argv: string[]) => {
  const { output, exitCode } = await client.run(['curl', ...argv])
  return exitCode === 0 ? output : `${output}[${exitCode}]`
}

describe('curl', () => {
  test('prints the body, and what -w asks for', async () => {
    expect(await text('-s', 'http://web/')).toBe('hello')
    expect(
      await text(
        '-s',
        '-o',
        '/dev/null',
        '-w',
        '%{http_code} %{remote_ip}:%{remote_port} %{num_connects} %{size_download}\\n',
        'web/x',
      ),
    ).toBe('200 172.18.0.3:80 1 5\n')
  })

  test('uses one connection for several URLs of a host', async () => {
    expect(await text('-s', '-w', ' %{num_connects}\\n', 'http://web/{a,b}')).toBe('hello 1\nhello 0\n')
  })

  test('tells with -v what it does', async () => {
    expect(await text('-sv', '-o', 'out', '-A', 'test', 'http://web/hello')).toBe(`*   Trying 172.18.0.3:80...
* Connected to web (172.18.0.3) port 80 (#0)
> GET /hello HTTP/1.1
> Host: web
> User-Agent: test
> Accept: */*
> 
< HTTP/1.1 200 OK
< Content-Type: text/plain
< Content-Length: 5
< 
{ [5 bytes data]
* Connection #0 to host web left intact
`)
    expect(client.files.readText('/root/out')).toBe('hello')
  })

  test('posts data, sets headers, follows redirects', async () => {
    expect(await text('-s', '-d', 'a=1', '-d', 'b=2', 'http://web/echo')).toBe(
      'POST application/x-www-form-urlencoded a=1&b=2',
    )
    expect(await text('-s', '--json', '{"a":1}', '-X', 'PUT', 'http://web/echo')).toBe(
      'PUT application/json {"a":1}',
    )
    expect(await text('-s', '-H', 'Content-Type: x/y', '-d', 'z', 'http://web/echo')).toBe('POST x/y z')
    expect(await text('-s', '-w', ' %{http_code} %{redirect_url}', 'http://web/moved')).toBe(
      'gone 302 http://web/hello',
    )
    expect(await text('-sL', '-w', ' %{http_code} %{num_redirects}', 'http://web/moved')).toBe('hello 200 1')
  })

  test('knows a name by --resolve', async () => {
    expect(await text('-s', '--resolve', 'shop.example.com:80:172.18.0.3', 'http://shop.example.com')).toBe(
      'hello',
    )
  })

  test.each([
    [
      ['-sS', 'http://web:81/'],
      "curl: (7) Failed to connect to web port 81 after 0 ms: Couldn't connect to server\n[7]",
    ],
    [
      ['-sS', '-m', '2', 'http://10.1.1.1/'],
      "curl: (7) Failed to connect to 10.1.1.1 port 80 after 0 ms: Couldn't connect to server\n[7]",
    ],
    [['-sS', '-f', 'http://web/broken'], 'curl: (22) The requested URL returned error: 503\n[22]'],
    [['-sS', 'ftp://web/'], 'curl: (1) Protocol "ftp" not supported or disabled in libcurl\n[1]'],
    [
      ['-sS', '--max-tim'],
      "curl: option --max-tim: requires parameter\ncurl: try 'curl --help' or 'curl --manual' for more information\n[2]",
    ],
    [
      ['--nosuch'],
      "curl: option --nosuch: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information\n[2]",
    ],
  ])('%j fails in its words', async (argv, printed) => {
    expect(await text(...argv)).toBe(printed)
  })

  test('gives up after -m on a server that never answers', async () => {
    client.b.sockets.listen({ port: 9000 }, () => undefined)
    const { output, exitCode, ms } = await client.run(['curl', '-sS', '-m', '2', 'http://web:9000/'])
    expect({ output, exitCode, ms }).toEqual({
      output: 'curl: (28) Operation timed out after 2000 milliseconds with 0 bytes received\n',
      exitCode: 28,
      ms: 2000,
    })
  })

  test('tells an empty reply from a reset', async () => {
    client.b.sockets.listen({ port: 9001 }, (connection) => connection.end())
    client.b.sockets.listen({ port: 9002 }, (connection) => connection.reset())
    expect(await text('-sS', 'http://web:9001/')).toBe('curl: (52) Empty reply from server\n[52]')
    expect(await text('-sS', 'http://web:9002/')).toBe(
      'curl: (56) Recv failure: Connection reset by peer\n[56]',
    )
  })

  test('says of TLS that it is not simulated', async () => {
    client.b.sockets.listen({ port: 443 }, () => undefined)
    expect(await text('-sS', 'https://web/')).toBe(
      'curl: (35) TLS is not simulated here yet: connected to web port 443, but cannot speak https; use http\n[35]',
    )
  })

  test('retries a passing error with growing pauses', async () => {
    const { exitCode, ms } = await client.run(['curl', '-s', '--retry', '2', 'http://web/broken'])
    expect({ exitCode, ms }).toEqual({ exitCode: 0, ms: 3000 })
  })
})
