// What a real kubectl 1.37.2 prints without a cluster: objects made of flags, and its words for wrong calls.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { kubectl } from '../../../../sandbox-server/simulator/kubectl/index.ts'
import { runScript, testMachine } from '../shell/machine.ts'

interface Recorded {
  readonly command: string
  readonly exitCode: number
  readonly output: string
}

const recorded: Recorded[] = JSON.parse(
  readFileSync(new URL('offline.recorded.json', import.meta.url), 'utf8'),
)

const machine = testMachine({ kubectl })

test.each(recorded)('$command', async ({ command, exitCode, output }) => {
  const result = await runScript(`${command} 2>&1`, { machine })
  expect({ exitCode: result.status, output: result.stdout }).toEqual({ exitCode, output })
})

test('without credentials, the server at localhost refuses', async () => {
  expect(await runScript('kubectl get pods', { machine })).toEqual({
    stdout: '',
    stderr:
      'The connection to the server localhost:8080 was refused - did you specify the right host or port?\n',
    status: 1,
  })
})

test('a context and its namespace are kept in ~/.kube/config', async () => {
  const script = `kubectl config set-context one --cluster=c --user=u --namespace=demo
kubectl config use-context one
kubectl config set-context --current --namespace=other
kubectl config get-contexts
kubectl config view --minify -o jsonpath='{..namespace}'`
  const fresh = testMachine({ kubectl })
  expect((await runScript(script, { machine: fresh })).stdout).toBe(`Context "one" created.
Switched to context "one".
Context "one" modified.
CURRENT   NAME   CLUSTER   AUTHINFO   NAMESPACE
*         one    c         u          other
other`)
  expect(fresh.files.readText('/root/.kube/config')).toBe(`apiVersion: v1
clusters: []
contexts:
- context:
    cluster: c
    namespace: other
    user: u
  name: one
current-context: one
kind: Config
users: []
`)
})
