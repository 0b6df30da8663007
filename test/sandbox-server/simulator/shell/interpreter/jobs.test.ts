// Background jobs, signals and time, on the simulated clock.
import { expect, it } from 'vitest'
import { Signalled } from '../../../../../sandbox-server/simulator/node/process.ts'
import { collector } from '../../../../../sandbox-server/simulator/node/streams.ts'
import { testMachine } from '../machine.ts'

async function start(script: string) {
  const machine = testMachine()
  const stdout = collector()
  const controller = new AbortController()
  let status: number | undefined
  const done = machine
    .spawn(['bash', '-c', script], { stdout, stderr: stdout, signal: controller.signal })
    .then((code) => {
      status = code
    })
  await machine.spawn(['bash', '-c', 'true'], {})
  return { machine, stdout, controller, done, status: () => status }
}

it('jobs run side by side and wait collects their statuses', async () => {
  const { machine, stdout, done } = await start(
    '(sleep 2; echo slow; exit 3) & first=$!; (sleep 1; echo fast) & wait $first; echo $?; wait; echo all $SECONDS',
  )
  await machine.clock.advance(2500)
  await done
  expect(stdout.text()).toBe('fast\nslow\n3\nall 2\n')
})

it('kill ends a job with its signal', async () => {
  const { machine, stdout, done } = await start(
    'sleep 100 & kill %1; wait $!; echo $?; sleep 100 & kill -9 $!; wait $!; echo $?',
  )
  await machine.clock.advance(10)
  await done
  expect(stdout.text()).toBe('143\n137\n')
})

it('time tells how long a command took', async () => {
  const { machine, stdout, done } = await start('time sleep 1.5')
  await machine.clock.advance(2000)
  await done
  expect(stdout.text()).toBe('\nreal\t0m1.500s\nuser\t0m0.000s\nsys\t0m0.000s\n')
})

it('an interrupt ends a busy loop and what it waits for', async () => {
  for (const script of [
    'while true; do :; done',
    'sleep 100; echo never',
    'yes >/dev/null',
    'x=$(yes | grep -v y)',
    'read x < <(sleep 100)',
  ]) {
    const { controller, done, status, stdout } = await start(script)
    controller.abort(new Signalled('SIGINT'))
    await done
    expect({ script, status: status(), output: stdout.text() }).toEqual({ script, status: 130, output: '' })
  }
})

it('timeout ends what takes too long', async () => {
  const { machine, stdout, done } = await start('timeout 2 sleep 10; echo $?; timeout 2 echo quick')
  await machine.clock.advance(3000)
  await done
  expect(stdout.text()).toBe('124\nquick\n')
})

it('a fork bomb dies of the limit, and the shell goes on', async () => {
  const { done, stdout } = await start('b() { b | b & }; b; wait; echo alive; x=y; while :; do x=$x$x; done')
  await done
  expect(stdout.text().split('\n')).toEqual([
    'bash: line 1: fork: retry: Resource temporarily unavailable',
    'alive',
    'bash: line 1: x: cannot allocate 67108864 bytes',
    '',
  ])
})
