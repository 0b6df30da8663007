// agnhost, whoami and nginx as pods. Expectations: the sources of agnhost 2.66, and answers of the real programs.
import { expect, test } from 'vitest'
import { agnhostImage, startOneNode } from '../one-node.ts'

async function start() {
  const node = await startOneNode()
  node.run('server', { containers: [{ name: 'main', image: agnhostImage, args: ['netexec'] }] })
  node.run('client', { containers: [{ name: 'main', image: agnhostImage }] })
  node.run('whoami', {
    containers: [{ name: 'main', image: 'traefik/whoami', args: ['--port=8081', '--name=me'] }],
  })
  node.run('nginx', { containers: [{ name: 'main', image: 'nginx:1.22' }] })
  await node.until(() =>
    ['server', 'client', 'whoami', 'nginx'].every((name) => node.condition(name, 'Ready') === 'True'),
  )
  const ip = (name: string) => node.pod(name)?.status?.podIP ?? ''
  const run = async (...command: string[]) => await node.exec('client', ...command)
  const curl = async (...args: string[]) => (await run('curl', '-s', ...args)).stdout
  return { node, ip, run, curl }
}

test('netexec tells of itself over HTTP', async () => {
  const { ip, curl } = await start()
  const at = `http://${ip('server')}:8080`
  expect(await curl(`${at}/hostname`)).toBe('server')
  expect(await curl(`${at}/clientip`)).toMatch(new RegExp(`^${ip('client').replaceAll('.', '\\.')}:\\d+$`))
  expect(await curl(`${at}/echo?msg=hello&code=418`, '-w', ' %{http_code}')).toBe('hello 418')
  expect(await curl(`${at}/header?key=User-Agent`)).toBe('curl/7.88.1')
  expect(await curl(`${at}/shell?cmd=ls%20/nosuch`)).toContain('"error":"exit status 2"')
  expect(
    await curl(`${at}/redirect?location=/echo`, '-o', '/dev/null', '-w', '%{http_code} %{redirect_url}'),
  ).toBe(`302 ${at}/echo`)
  expect(await curl(`${at}/envvar?var=HOSTNAME`)).toBe('server')
  expect(await curl(`${at}/dial?host=${ip('server')}&port=8080&request=hostname&tries=2`)).toBe(
    '{"responses":["server","server"]}',
  )
  expect(await curl(`${at}/dial?host=${ip('server')}&port=8081&protocol=udp&request=echo%20hi`)).toBe(
    '{"responses":["hi"]}',
  )
  const head = await curl('-i', `${at}/hostname`)
  expect(head.split('\r\n').map((line) => line.replace(/^Date: .*/, 'Date'))).toEqual([
    'HTTP/1.1 200 OK',
    'Date',
    'Content-Length: 6',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'server',
  ])
})

test('connect tells apart what can go wrong', async () => {
  const { ip, run } = await start()
  const connect = async (...args: string[]) => {
    const { code, stderr } = await run('/agnhost', 'connect', '--timeout=1s', ...args)
    return `${code} ${stderr.trim()}`
  }
  expect(await connect(`${ip('server')}:8080`)).toBe('0 ')
  expect(await connect(`${ip('server')}:8082`)).toBe('1 REFUSED')
  expect(await connect('10.244.1.200:80')).toMatch(/^1 (TIMEOUT|OTHER: .*no route to host)$/)
  expect(await connect('server')).toBe('1 UNKNOWN: address server: missing port in address')
  expect(await connect('--protocol=udp', `${ip('server')}:8081`)).toBe('0 ')
  expect(await connect('--protocol=udp', `${ip('server')}:8089`)).toMatch(
    /^1 REFUSED: read udp .*: connection refused$/,
  )
})

test('whoami answers with who it is and what it was asked', async () => {
  const { ip, curl } = await start()
  const text = await curl(`http://${ip('whoami')}:8081/x?y=1`, '-H', 'X-B: 2', '-H', 'A: 1')
  expect(text.replace(/:\d+\nGET/, ':PORT\nGET')).toBe(
    [
      'Name: me',
      'Hostname: whoami',
      'IP: 127.0.0.1',
      `IP: ${ip('whoami')}`,
      `RemoteAddr: ${ip('client')}:PORT`,
      'GET /x?y=1 HTTP/1.1',
      `Host: ${ip('whoami')}:8081`,
      'User-Agent: curl/7.88.1',
      'A: 1',
      'Accept: */*',
      'X-B: 2',
      '',
      '',
    ].join('\n'),
  )
})

test('nginx serves its page, and what its configuration says after a reload', async () => {
  const { node, ip, curl } = await start()
  const at = `http://${ip('nginx')}`
  expect(await curl(`${at}/`)).toContain('<title>Welcome to nginx!</title>')
  expect(await curl(`${at}/nosuch`, '-o', '/dev/null', '-w', '%{http_code}')).toBe('404')
  const more =
    'server { listen 9000; server_name one; location /a { return 200 "one $uri $remote_addr\\n"; } }\n' +
    `server { listen 9000; server_name two; location /b/ { proxy_pass http://${ip('server')}:8080/; } }\n`
  const script = `printf '%s' '${more}' > /etc/nginx/conf.d/more.conf; nginx -t && nginx -s reload`
  const { code, stderr } = await node.exec('nginx', 'sh', '-c', script)
  expect([code, stderr]).toEqual([
    0,
    'nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n' +
      'nginx: configuration file /etc/nginx/nginx.conf test is successful\n',
  ])
  expect(await curl(`${at}:9000/a/x`, '-H', 'Host: one')).toBe(`one /a/x ${ip('client')}\n`)
  expect(await curl(`${at}:9000/b/hostname`, '-H', 'Host: two')).toBe('server')
  await node.exec('nginx', 'sh', '-c', "echo 'nosuch on;' > /etc/nginx/conf.d/more.conf")
  expect((await node.exec('nginx', 'nginx', '-t')).stderr).toContain(
    'nginx: [emerg] unknown directive "nosuch" in /etc/nginx/conf.d/more.conf:1',
  )
  expect(await node.logs('nginx')).toMatch(/"GET \/ HTTP\/1\.1" 200 615 "-" "curl\/7\.88\.1"\n/)
})
