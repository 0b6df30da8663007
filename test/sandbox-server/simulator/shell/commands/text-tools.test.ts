// Text and file tools, checked against GNU's on Debian.
import { expect, it } from 'vitest'
import { collector, createPipe, toText } from '../../../../../sandbox-server/simulator/node/streams.ts'
import { runScript, testMachine } from '../machine.ts'

it.each([
  [
    'cat numbers and shows ends',
    "printf 'a\\n\\n\\tb' | cat -A; printf 'a\\nb\\n' | cat -n",
    'a$\n$\n^Ib     1\ta\n     2\tb\n',
  ],
  [
    'head and tail take lines and bytes',
    'seq 9 | head -n 2; seq 9 | head -c 3; seq 9 | tail -n 2; seq 9 | tail -n +8; seq 4 | head -n -2',
    '1\n2\n1\n28\n9\n8\n9\n1\n2\n',
  ],
  [
    'wc counts',
    "printf 'a b\\nc\\n' | wc; printf 'é' | wc -cm; wc -l </etc/hostname",
    '      2       3       6\n      1       2\n1\n',
  ],
  [
    'grep selects, counts and surrounds',
    'seq 12 | grep -n 1; seq 12 | grep -c 1; seq 5 | grep -A1 -B1 3; echo aXb | grep -io x; seq 3 | grep -v 2',
    '1:1\n10:10\n11:11\n12:12\n4\n2\n3\n4\nX\n1\n3\n',
  ],
  [
    'grep knows basic and extended expressions',
    "printf 'a+\\naa\\nab\\n' | grep 'a+'; printf 'aa\\nab\\n' | grep -E '^a{2}$|b'; printf 'x.y\\nxzy\\n' | grep -F x.y; printf 'cat\\ncats\\n' | grep -w cat",
    'a+\naa\nab\nx.y\ncat\n',
  ],
  [
    'grep searches trees',
    'mkdir -p /tmp/d/e; echo x >/tmp/d/e/f; echo y >/tmp/d/g; cd /tmp; grep -r x d; grep -rl . d',
    'd/e/f:x\nd/e/f\nd/g\n',
  ],
  [
    'sed substitutes, selects, deletes and inserts',
    "echo aXbX | sed 's/X/-/2'; seq 5 | sed -n '2,3p'; seq 5 | sed '2,4d'; seq 2 | sed '1a after'; echo ab | sed -E 's/(a)(b)/\\2\\1&/'; seq 3 | sed '/2/,$d'; seq 9 | sed 2q; echo a/b | sed 's|/|:|; y/ab/xy/'",
    'aXb-\n2\n3\n1\n5\n1\nafter\n2\nbaab\n1\n1\n2\nx:y\n',
  ],
  [
    'sed edits in place',
    'cd /tmp; echo replicas: 1 >f; sed -i s/1/3/ f; cat f; sed -i.bak s/3/4/ f; cat f f.bak',
    'replicas: 3\nreplicas: 4\nreplicas: 3\n',
  ],
  [
    'sort, uniq, cut, tr, awk and jq work on pipes',
    "printf 'b\\na\\nb\\n' | sort | uniq -c | sort -rn; echo a:b:c | cut -d: -f2,3; echo abc | tr a-c A-C; echo 'a b 3' | awk '{print $3 * 2, NF}'; echo '{\"a\":[1,{\"b\":2}]}' | jq -c '.a[1]'",
    '      2 b\n      1 a\nb:c\nABC\n6 3\n{"b":2}\n',
  ],
  [
    'xargs runs commands',
    "seq 4 | xargs -n 2 echo n; seq 2 | xargs -I{} echo '<{}>'; printf 'a b\\0c' | xargs -0 -n1 echo; true | xargs -r echo never",
    'n 1 2\nn 3 4\n<1>\n<2>\na b\nc\n',
  ],
  [
    'find searches and executes',
    'mkdir -p /tmp/t/u; touch /tmp/t/a.yaml /tmp/t/u/b.yaml; cd /tmp; find t -name "*.yaml" -type f; find t -maxdepth 1 -type d; find t -name "b*" -exec echo got {} \\;; find t -name "*.yaml" -delete; find t -type f',
    't/a.yaml\nt/u/b.yaml\nt\nt/u\ngot t/u/b.yaml\n',
  ],
  [
    'files are copied, moved, linked and removed',
    'cd /tmp; echo x >a; cp a b; mkdir -p d; mv b d; ls d; ln -s a l; cat l; readlink l; cp -r d e; ls e; rm -r d; rm a; cat l 2>&1; ls',
    'b\nx\na\nb\ncat: l: No such file or directory\ne\nl\n',
  ],
  [
    'ls tells modes and sizes',
    'cd /tmp; mkdir d; echo hi >f; chmod 755 f; ls -l; ls -a; ls nope 2>&1',
    "total 8\ndrwxr-xr-x 2 root root 4096 Jan  2 03:04 d\n-rwxr-xr-x 1 root root    3 Jan  2 03:04 f\n.\n..\nd\nf\nls: cannot access 'nope': No such file or directory\n",
  ],
  [
    'diff prints both formats',
    "cd /tmp; printf 'a\\nb\\nc\\n' >x; printf 'a\\nB\\nc\\nd\\n' >y; diff x y; diff -u x y | tail -n +3; diff x x && echo same",
    '2c2\n< b\n---\n> B\n3a4\n> d\n@@ -1,3 +1,4 @@\n a\n-b\n+B\n c\n+d\nsame\n',
  ],
  [
    'date follows the clock',
    "date; date +%F; date -u -d '@0' +%FT%TZ",
    'Fri Jan  2 03:04:05 UTC 2026\n2026-01-02\n1970-01-01T00:00:00Z\n',
  ],
  [
    'base64 goes both ways',
    "printf 'h\\303\\251' | base64; echo aMOp | base64 -d | wc -c; head -c 60 /etc/hostname | base64 -w 0",
    'aMOp\n3\ndGVybWluYWwK',
  ],
  ['tee copies', 'cd /tmp; echo a | tee f g; echo b | tee -a f >/dev/null; cat f g', 'a\na\nb\na\n'],
  [
    'env changes what a command sees',
    'A=1 env -u A env | grep -c ^A=; env B=2 printenv B; printenv NOPE',
    '0\n2\n',
  ],
])('%s', async (_, script, stdout) => {
  expect((await runScript(script)).stdout).toBe(stdout)
})

it('grep and sed pass a line on when it comes, not when the input ends', async () => {
  const machine = testMachine()
  const { reader, writer } = createPipe()
  const { reader: output, writer: stdout } = createPipe()
  const script = "grep --line-buffered 500 | sed 's/500/five hundred/'"
  const done = machine.spawn(['bash', '-c', script], { stdin: reader, stdout })
  await writer.write('GET 200\nGET 500\n')
  expect(toText((await output.read()) ?? new Uint8Array())).toBe('GET five hundred\n')
  writer.end()
  expect(await done).toBe(0)
})

it('tail -f prints what is appended until it is ended', async () => {
  const machine = testMachine()
  machine.files.write('/tmp/log', 'old\n')
  const stdout = collector()
  const controller = new AbortController()
  const done = machine.spawn(['tail', '-f', '-n', '1', '/tmp/log'], { stdout, signal: controller.signal })
  await machine.clock.advance(1)
  machine.files.write('/tmp/log', 'new\n', { append: true })
  await machine.clock.advance(1)
  controller.abort()
  expect([await done, stdout.text()]).toEqual([129, 'old\nnew\n'])
})

it('every command tells its summary, and help lists it', async () => {
  const { stdout } = await runScript('help; help grep; help cd; help nope; which ls')
  expect(stdout).toContain('  grep         print lines that match a pattern\n')
  expect(stdout).toContain(
    'cd [DIRECTORY]\n\ncd: change the working directory; `cd -` goes back.\nBuilt into the shell.\n/usr/bin/ls\n',
  )
})

it('ps lists programs and kill ends them', async () => {
  const { stdout } = await runScript(
    'sleep 100 & ps -e | grep -c sleep; kill $(pgrep sleep); wait $!; echo $?',
  )
  expect(stdout).toBe('1\n143\n')
})
