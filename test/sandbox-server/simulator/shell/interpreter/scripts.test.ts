// Scripts and everything they print, checked against bash 5.2 on Debian.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the scripts are bash's
import { describe, expect, it } from 'vitest'
import { runScript } from '../machine.ts'

interface Case {
  readonly title: string
  readonly script: string
  readonly stdout?: string
  readonly stderr?: string
  readonly status?: number
}

const cases: readonly Case[] = [
  {
    title: 'splits an unquoted variable and keeps a quoted one',
    script: 'x="a  b"; printf "<%s>" $x "$x"',
    stdout: '<a><b><a  b>',
  },
  { title: 'keeps empty arguments that were quoted', script: 'printf "<%s>" "" $unset ""', stdout: '<><>' },
  { title: 'splits by IFS', script: 'IFS=:; x=a::b; printf "<%s>" $x', stdout: '<a><><b>' },
  {
    title: 'expands "$@" to its words',
    script: 'set -- "a b" c; printf "<%s>" "$@"; echo " $# $*"',
    stdout: '<a b><c> 2 a b c\n',
  },
  {
    title: 'takes defaults, alternatives and lengths',
    script: 'y=z; echo ${x:-d} ${x:=e} $x ${y:+alt} ${#y} ${x-unset}',
    stdout: 'd e e alt 1 e\n',
  },
  {
    title: 'cuts and replaces by patterns',
    script: 'f=/a/b.tar.gz; echo ${f##*/} ${f%.*} ${f%%.*} ${f/a/X} ${f//a/X} ${f^^} ${f:1:3} ${f: -2}',
    stdout: 'b.tar.gz /a/b.tar /a/b /X/b.tar.gz /X/b.tXr.gz /A/B.TAR.GZ a/b gz\n',
  },
  {
    title: 'computes on 64 bits',
    script: 'echo $((7/2)) $((2**62)) $((1<3 && 0)) $((x=5, x+=2)) $x $((0x10))',
    stdout: '3 4611686018427387904 0 7 7 16\n',
  },
  {
    title: 'says what divides by zero',
    script: 'echo $((1/0))',
    stderr: 'bash: line 1: division by 0\n',
    status: 1,
  },
  {
    title: 'expands braces',
    script: 'echo a{b,c{1,2}} {3..1} {01..03} {a..e..2}',
    stdout: 'ab ac1 ac2 3 2 1 01 02 03 a c e\n',
  },
  {
    title: 'matches files, or leaves the pattern',
    script: 'cd /tmp; touch b.x a.x .h.x; echo *.x *.none "*.x"',
    stdout: 'a.x b.x *.none *.x\n',
  },
  {
    title: 'substitutes commands and drops their last newlines',
    script: 'x=$(printf "a\\nb\\n\\n"); echo "[$x]" `echo old`',
    stdout: '[a\nb] old\n',
  },
  {
    title: 'keeps the status of a substitution in an assignment',
    script: 'x=$(exit 3); echo $?; y=1; echo $?',
    stdout: '3\n0\n',
  },
  {
    title: 'runs pipelines of concurrent processes',
    script: 'yes | head -n 2; seq 3 | while read n; do echo "n$n"; done',
    stdout: 'y\ny\nn1\nn2\nn3\n',
  },
  {
    title: 'gives the last status of a pipeline, or with pipefail the last failure',
    script:
      'false | true; echo $?; set -o pipefail; false | true; echo $?; (exit 2) | true; echo "${PIPESTATUS[@]}"',
    stdout: '0\n1\n2 0\n',
  },
  {
    title: 'redirects output, errors and both',
    script:
      'cd /tmp; { echo out; echo err >&2; } >o 2>e; cat o e; { echo a; echo b >&2; } &>both; cat both; echo c >>both; wc -l <both',
    stdout: 'out\nerr\na\nb\n3\n',
  },
  {
    title: 'swaps descriptors in order',
    script: '{ echo out; echo err >&2; } 2>&1 >/dev/null',
    stdout: 'err\n',
  },
  {
    title: 'tells a file that cannot be opened',
    script: 'cat < /nope; echo $?',
    stdout: '1\n',
    stderr: 'bash: line 1: /nope: No such file or directory\n',
  },
  {
    title: 'reads here-documents with and without expansion',
    script: 'x=1\ncat <<A\n$x $((x+1))\nA\ncat <<\'B\'\n$x\nB\ncat <<-C\n\ttab\n\tC\ncat <<< "s $x"',
    stdout: '1 2\n$x\ntab\ns 1\n',
  },
  {
    title: 'loops',
    script:
      'for i in 1 2 3; do [ $i = 2 ] && continue; echo $i; done; for ((i=0;i<2;i++)); do echo c$i; done; until false; do break; done; while :; do break; done; echo $?',
    stdout: '1\n3\nc0\nc1\n0\n',
  },
  {
    title: 'branches',
    script:
      'if false; then echo a; elif true; then echo b; else echo c; fi; case foo.yaml in *.json) echo j;; *.y?ml|*.yml) echo y;; esac',
    stdout: 'b\ny\n',
  },
  {
    title: 'tests strings, numbers and files',
    script:
      '[ a \\< b ] && [[ abc == a*c && 10 -gt 9 && -d /tmp && ! -e /nope ]] && test -n x && echo yes; [[ pod-12 =~ ([0-9]+)$ ]] && echo ${BASH_REMATCH[1]}',
    stdout: 'yes\n12\n',
  },
  {
    title: 'calls functions with locals and a status',
    script: 'f() { local v=in; echo "$1 $# $v"; return 4; }; v=out; f a b; echo $? $v',
    stdout: 'a 2 in\n4 out\n',
  },
  {
    title: 'keeps a subshell apart and a group together',
    script: 'x=1; (x=2; cd /; exit 3); echo $? $x $PWD; { x=4; }; echo $x',
    stdout: '3 1 /root/workspace\n4\n',
  },
  {
    title: 'chains and negates',
    script: 'true && echo a || echo b; false && echo c || echo d; ! false; echo $?',
    stdout: 'a\nd\n0\n',
  },
  {
    title: 'ends at the first failure under set -e, but not in conditions',
    script: 'set -e; if false; then :; fi; false || true; ! true; echo on; false; echo never',
    stdout: 'on\n',
    status: 1,
  },
  {
    title: 'refuses unset variables under set -u',
    script: 'set -u; echo $nope; echo never',
    stderr: 'bash: line 1: nope: unbound variable\n',
    status: 1,
  },
  {
    title: 'traces under set -x',
    script: 'set -x; x="a b"; echo "$x" c',
    stdout: 'a b c\n',
    stderr: "+ x='a b'\n+ echo 'a b' c\n",
  },
  {
    title: 'holds arrays, indexed and associative',
    script:
      'a=(x "y z"); a+=(w); echo ${#a[@]} "${a[1]}" ${a[-1]} "${!a[@]}"; declare -A m=([k]=v); m[j]=u; echo ${m[k]} ${m[j]} ${#m[@]}',
    stdout: '3 y z w 0 1 2\nv u 2\n',
  },
  {
    title: 'reads lines into variables',
    script: 'printf "a b c\\nlast" | { read x y; echo "$x-$y"; read z || echo "$z!"; }',
    stdout: 'a-b c\nlast!\n',
  },
  {
    title: 'exports to programs, also for one command',
    script: 'export A=1; B=2 env | grep -E "^[AB]=" | sort; B=3; env | grep -c ^B=',
    stdout: 'A=1\nB=2\n0\n',
    status: 1,
  },
  {
    title: 'evaluates, sources and shifts',
    script: 'echo "y=\\$1; shift; z=\\$1" >/tmp/s; set -- p q; . /tmp/s; eval "echo \\$y \\$z $#"',
    stdout: 'p q 1\n',
  },
  { title: 'traps its exit', script: 'trap "echo bye $?" EXIT; exit 3', stdout: 'bye 0\n', status: 3 },
  {
    title: 'runs scripts by their first line',
    script:
      'printf "#!/bin/sh\\necho \\$0 \\$1\\n" >/tmp/run; chmod +x /tmp/run; /tmp/run x; cd /tmp; ./run y; bash run z',
    stdout: '/tmp/run x\n./run y\nrun z\n',
  },
  {
    title: 'reports what does not exist or cannot run',
    script: 'nope; echo $?; ./nope; echo $?; touch /tmp/n; /tmp/n; echo $?',
    stdout: '127\n127\n126\n',
    stderr:
      'bash: line 1: nope: command not found\nbash: line 1: ./nope: No such file or directory\nbash: line 1: /tmp/n: Permission denied\n',
  },
  {
    title: 'reports a syntax error',
    script: 'if true; fi',
    stderr: "bash: syntax error near unexpected token `fi'\n",
    status: 2,
  },
  {
    title: 'formats with printf',
    script:
      'printf "%5d|%-4s|%04.1f|%x|%q\\n" 3 ab 2.25 255 "a b"; printf "%s," a b; printf -v v "%03d" 7; echo $v',
    stdout: '    3|ab  |02.2|ff|a\\ b\na,b,007\n',
  },
  {
    title: 'tells what a name is',
    script: 'f() { :; }; type -t f cd ls if; command -v ls nope; echo $?',
    stdout: 'function\nbuiltin\nfile\nkeyword\n/usr/bin/ls\n1\n',
  },
  { title: 'feeds a command by process substitution', script: 'cat <(echo a) <(echo b)', stdout: 'a\nb\n' },
]

describe('bash scripts', () => {
  it.each(cases)('$title', async ({ script, stdout = '', stderr = '', status = 0 }) => {
    expect(await runScript(script)).toEqual({ stdout, stderr, status })
  })

  it('sh names itself in its own words', async () => {
    expect(await runScript('nope; echo $0', { shell: 'sh' })).toEqual({
      stdout: 'sh\n',
      stderr: 'sh: line 1: nope: not found\n',
      status: 0,
    })
  })

  it('takes arguments after the command as $0 and the positional parameters', async () => {
    expect(await runScript('echo $0 $1 $2', { args: ['name', 'a', 'b'] })).toEqual({
      stdout: 'name a b\n',
      stderr: '',
      status: 0,
    })
  })
})
