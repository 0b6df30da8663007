// Expectations come from pkg/kubelet of Kubernetes 1.37 and from a recorded cluster of that version.
import { expect, test } from 'vitest'
import { configMaps, nodes, pods, services } from '../../../../sandbox-server/simulator/api/resources.ts'
import { agnhostImage, startOneNode } from './one-node.ts'

const pause = { name: 'main', image: agnhostImage, args: ['pause'] }
const shell = (script: string, name = 'main') => ({
  name,
  image: agnhostImage,
  command: ['sh', '-c', script],
})

test('a pod becomes Ready, with an address of the plugin and the events of a kubelet', async () => {
  const node = await startOneNode()
  node.run('client', { containers: [pause] })
  await node.until(() => node.condition('client', 'Ready') === 'True')
  expect(node.events('client')).toEqual([
    `Normal Pulled 1: Container image "${agnhostImage}" already present on machine and can be accessed by the pod`,
    'Normal Created 1: Container created',
    'Normal Started 1: Container started',
  ])
  const status = node.pod('client')?.status
  expect([status?.phase, status?.podIP, status?.hostIP]).toEqual(['Running', '10.244.1.2', '172.18.0.3'])
  expect(status?.conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual([
    'PodReadyToStartContainers=True',
    'Initialized=True',
    'Ready=True',
    'ContainersReady=True',
    'PodScheduled=True',
  ])
  expect(await node.logs('client')).toBe('Paused\nSignals registered\n')
})

test('without a network plugin nothing starts, and node and pod say why', async () => {
  const node = await startOneNode({ cni: false })
  node.run('placed', { containers: [pause] })
  await node.clock.advance(4000)
  const why =
    'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady ' +
    'message:Network plugin returns error: cni plugin not initialized'
  expect(node.events('placed')).toEqual([`Warning NetworkNotReady 5: network is not ready: ${why}`])
  const ready = node.objects
    .get(nodes, { name: 'worker' })
    ?.status?.conditions?.find((condition) => condition.type === 'Ready')
  expect([ready?.status, ready?.reason, ready?.message]).toEqual(['False', 'KubeletNotReady', why])
  const status = node.pod('placed')?.status
  expect(status?.conditions?.[0]?.message).toBe('no pod sandbox exists')
  expect(status?.containerStatuses?.[0]?.state).toEqual({ waiting: { reason: 'ContainerCreating' } })
})

test('a readiness probe decides over Ready, both ways', async () => {
  const node = await startOneNode()
  const exec = { command: ['test', '-f', '/tmp/ready'] }
  const readinessProbe = {
    exec,
    periodSeconds: 1,
    failureThreshold: 1,
    timeoutSeconds: 1,
    successThreshold: 1,
  }
  node.run('slow', { containers: [{ ...pause, readinessProbe }] })
  await node.until(() => node.pod('slow')?.status?.phase === 'Running')
  await node.clock.advance(2000)
  expect(node.condition('slow', 'Ready')).toBe('False')
  expect(node.events('slow').at(-1)).toMatch(/^Warning Unhealthy \d: Readiness probe failed: $/)
  await node.exec('slow', 'touch', '/tmp/ready')
  await node.until(() => node.condition('slow', 'Ready') === 'True', 3)
  await node.exec('slow', 'rm', '/tmp/ready')
  await node.until(() => node.condition('slow', 'Ready') === 'False', 3)
})

test('a liveness probe that fails restarts its container', async () => {
  const node = await startOneNode()
  const livenessProbe = { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 2, failureThreshold: 2 }
  const container = { name: 'main', image: agnhostImage, args: ['liveness'], livenessProbe }
  node.run('sick', { terminationGracePeriodSeconds: 1, containers: [container] })
  await node.until(() => node.pod('sick')?.status?.containerStatuses?.[0]?.restartCount === 1, 40)
  const events = node.events('sick')
  expect(events).toContain(
    'Warning Unhealthy 2: Liveness probe failed: HTTP probe failed with statuscode: 500',
  )
  expect(events).toContain('Normal Killing 1: Container main failed liveness probe, will be restarted')
})

test('a probe of a port where nobody listens says so in the words of Go', async () => {
  const node = await startOneNode()
  const probe = { periodSeconds: 1, timeoutSeconds: 1 }
  node.run('http', {
    containers: [{ ...pause, readinessProbe: { ...probe, httpGet: { path: '/x', port: 80 } } }],
  })
  node.run('tcp', { containers: [{ ...pause, readinessProbe: { ...probe, tcpSocket: { port: 81 } } }] })
  await node.clock.advance(1500)
  const [http, tcp] = [node.pod('http')?.status?.podIP, node.pod('tcp')?.status?.podIP]
  expect(node.events('http').at(-1)).toContain(
    `Readiness probe failed: Get "http://${http}:80/x": dial tcp ${http}:80: connect: connection refused`,
  )
  expect(node.events('tcp').at(-1)).toContain(
    `Readiness probe failed: dial tcp ${tcp}:81: connect: connection refused`,
  )
})

test('a container that crashes is started again: at once, then after 10 s, then after 20 s', async () => {
  const node = await startOneNode()
  node.run('crash', { containers: [shell('echo starting; exit 3')] })
  const times: number[] = []
  for (let restarts = 1; restarts <= 3; restarts++) {
    await node.until(() => node.pod('crash')?.status?.containerStatuses?.[0]?.restartCount === restarts, 60)
    times.push(node.clock.now())
  }
  const [first = 0, second = 0, third = 0] = times
  expect([Math.round((second - first) / 1000), Math.round((third - second) / 1000)]).toEqual([10, 20])
  const state = () => node.pod('crash')?.status?.containerStatuses?.[0]
  await node.until(() => state()?.state?.waiting?.reason === 'CrashLoopBackOff')
  const uid = node.pod('crash')?.metadata.uid
  expect(state()?.state?.waiting?.message).toBe(
    `back-off 40s restarting failed container=main pod=crash_demo(${uid})`,
  )
  expect(state()?.lastState?.terminated).toMatchObject({ exitCode: 3, reason: 'Error' })
  expect(node.pod('crash')?.status?.phase).toBe('Running')
  expect(await node.logs('crash')).toBe('starting\n')
  expect(await node.logs('crash', { previous: true })).toBe('starting\n')
})

test('a pod that need not run again is Succeeded or Failed by its exit codes', async () => {
  const node = await startOneNode()
  node.run('done', { restartPolicy: 'Never', containers: [shell('echo finished')] })
  node.run('failed', { restartPolicy: 'Never', containers: [shell('exit 4'), shell('exit 0', 'other')] })
  await node.until(() => node.pod('done')?.status?.phase === 'Succeeded')
  await node.until(() => node.pod('failed')?.status?.phase === 'Failed')
  expect(await node.logs('done')).toBe('finished\n')
  const ready = node.pod('done')?.status?.conditions?.find((condition) => condition.type === 'Ready')
  expect([ready?.status, ready?.reason]).toEqual(['False', 'PodCompleted'])
  node.objects.delete(pods, { namespace: 'demo', name: 'done' })
  await node.until(() => node.pod('done') === undefined)
})

test('an image that does not exist is ErrImagePull, then ImagePullBackOff, and the event lists those there are', async () => {
  const node = await startOneNode()
  node.run('typo', { containers: [{ name: 'typo', image: 'registry.invalid/nosuch:1' }] })
  const reason = () => node.pod('typo')?.status?.containerStatuses?.[0]?.state?.waiting?.reason
  await node.until(() => reason() === 'ErrImagePull')
  await expect(node.logs('typo')).rejects.toThrow(
    'container "typo" in pod "typo" is waiting to start: image can\'t be pulled',
  )
  await node.until(() => reason() === 'ImagePullBackOff')
  const events = node.events('typo')
  expect(events.map((event) => event.replace(/ \d+:.*/, ''))).toEqual([
    'Normal Pulling',
    'Warning Failed',
    'Warning Failed',
    'Normal BackOff',
    'Warning Failed',
  ])
  expect(events[1]).toContain('images are simulated here, and this is none of them. There are: ')
  expect(events[1]).toContain(agnhostImage)
  node.objects.delete(pods, { namespace: 'demo', name: 'typo' })
  await node.until(() => node.pod('typo') === undefined)
})

test('a missing ConfigMap is CreateContainerConfigError until it is there', async () => {
  const node = await startOneNode()
  const envFrom = [{ configMapRef: { name: 'settings' } }]
  node.run('config', { containers: [{ ...shell('echo $COLOUR; sleep 1000'), envFrom }] })
  const state = () => node.pod('config')?.status?.containerStatuses?.[0]?.state
  await node.until(() => state()?.waiting?.reason === 'CreateContainerConfigError')
  expect(state()?.waiting?.message).toBe('configmap "settings" not found')
  expect(node.events('config').at(-1)).toBe('Warning Failed 1: Error: configmap "settings" not found')
  const metadata = { namespace: 'demo', name: 'settings' }
  node.objects.create(configMaps, { metadata, data: { COLOUR: 'green' } })
  await node.until(() => state()?.running !== undefined, 20)
  await node.clock.advance(100)
  expect(await node.logs('config')).toBe('green\n')
})

test('init containers run one after another before the rest, on shared volumes', async () => {
  const node = await startOneNode()
  const volumeMounts = [{ name: 'work', mountPath: '/work' }]
  node.run('staged', {
    volumes: [{ name: 'work', emptyDir: {} }],
    initContainers: [
      { ...shell('echo one >> /work/log', 'first'), volumeMounts },
      { ...shell('echo two >> /work/log', 'second'), volumeMounts },
    ],
    containers: [{ ...shell('cat /work/log; sleep 1000'), volumeMounts }],
  })
  await node.clock.advance(10)
  expect(node.pod('staged')?.status?.containerStatuses?.[0]?.state?.waiting?.reason).toBe('PodInitializing')
  await node.until(() => node.condition('staged', 'Ready') === 'True')
  await node.clock.advance(100)
  expect(await node.logs('staged')).toBe('one\ntwo\n')
})

test('a sidecar starts before the containers, outlives them at the end, and is restarted between', async () => {
  const node = await startOneNode()
  const script = 'trap "echo side ends; exit 0" TERM; while true; do sleep 1; done'
  const side = { ...shell(script, 'side'), restartPolicy: 'Always' }
  node.run('pair', { terminationGracePeriodSeconds: 10, initContainers: [side], containers: [pause] })
  await node.until(() => node.condition('pair', 'Ready') === 'True')
  const statuses = node
    .pod('pair')
    ?.status?.initContainerStatuses?.map(({ name, ready, started }) => [name, ready, started])
  expect(statuses).toEqual([['side', true, true]])
  node.objects.delete(pods, { namespace: 'demo', name: 'pair' })
  await node.until(() => node.pod('pair') === undefined)
  const killed = node.events('pair').filter((event) => event.includes('Killing'))
  expect(killed).toEqual([
    'Normal Killing 1: Stopping container main',
    'Normal Killing 1: Stopping container side',
  ])
})

test('a process 1 that handles SIGTERM ends at once; one that does not is killed when its time is up', async () => {
  const node = await startOneNode()
  node.run('polite', { containers: [pause] })
  node.run('deaf', { terminationGracePeriodSeconds: 5, containers: [shell('sleep 1000')] })
  await node.until(() => node.condition('deaf', 'Ready') === 'True')
  const begun = node.clock.now()
  node.objects.delete(pods, { namespace: 'demo', name: 'polite' })
  node.objects.delete(pods, { namespace: 'demo', name: 'deaf' })
  await node.until(() => node.pod('polite') === undefined)
  expect(node.clock.now() - begun).toBeLessThan(200)
  await node.until(() => node.pod('deaf') === undefined)
  expect(node.clock.now() - begun).toBe(5000)
  expect(node.events('deaf').at(-1)).toBe('Normal Killing 1: Stopping container main')
})

test('preStop runs before SIGTERM and counts against the grace period', async () => {
  const node = await startOneNode()
  const lifecycle = { preStop: { exec: { command: ['sh', '-c', 'echo bye > /work/log; sleep 3'] } } }
  const volumeMounts = [{ name: 'work', mountPath: '/work' }]
  const volumes = [{ name: 'work', hostPath: { path: '/tmp/work' } }]
  node.run('careful', { volumes, containers: [{ ...pause, lifecycle, volumeMounts }] })
  await node.until(() => node.condition('careful', 'Ready') === 'True')
  const begun = node.clock.now()
  node.objects.delete(pods, { namespace: 'demo', name: 'careful' })
  await node.until(() => node.pod('careful') === undefined)
  expect(node.clock.now() - begun).toBe(3000)
  expect(node.node.files.readText('/tmp/work/log')).toBe('bye\n')
})

test('exec gives output, exit codes, and the errors of a container runtime', async () => {
  const node = await startOneNode()
  node.run('client', { containers: [pause] })
  await node.until(() => node.condition('client', 'Ready') === 'True')
  expect(await node.exec('client', 'hostname')).toEqual({ code: 0, stdout: 'client\n', stderr: '' })
  expect(await node.exec('client', 'sh', '-c', 'echo to stderr >&2; exit 7')).toEqual({
    code: 7,
    stdout: '',
    stderr: 'to stderr\n',
  })
  await expect(node.exec('client', 'nosuchcommand')).rejects.toThrow(
    'exec: "nosuchcommand": executable file not found in $PATH',
  )
})

test('the environment tells of the Services that exist when the container starts', async () => {
  const node = await startOneNode()
  node.objects.create(services, {
    metadata: { namespace: 'demo', name: 'my-web' },
    spec: { clusterIP: '10.96.7.7', ports: [{ name: 'http', port: 80, protocol: 'TCP' }] },
  })
  node.run('later', { containers: [pause] })
  await node.until(() => node.condition('later', 'Ready') === 'True')
  const { stdout } = await node.exec('later', 'env')
  const lines = stdout.split('\n').filter((line) => line.startsWith('MY_WEB'))
  expect(lines.sort()).toEqual([
    'MY_WEB_PORT=tcp://10.96.7.7:80',
    'MY_WEB_PORT_80_TCP=tcp://10.96.7.7:80',
    'MY_WEB_PORT_80_TCP_ADDR=10.96.7.7',
    'MY_WEB_PORT_80_TCP_PORT=80',
    'MY_WEB_PORT_80_TCP_PROTO=tcp',
    'MY_WEB_SERVICE_HOST=10.96.7.7',
    'MY_WEB_SERVICE_PORT=80',
    'MY_WEB_SERVICE_PORT_HTTP=80',
  ])
})

test('after a restart of the simulator a pod goes on: same address, files, log, restarts', async () => {
  const before = await startOneNode()
  before.run('kept', { containers: [pause] })
  before.run('gone', { containers: [pause] })
  await before.until(() => before.condition('kept', 'Ready') === 'True')
  await before.exec('kept', 'sh', '-c', 'echo mine > /tmp/mine')
  const old = before.pod('kept')
  const snapshot = JSON.parse(
    JSON.stringify({
      objects: before.objects.snapshot(),
      kubelet: before.kubelet.snapshot(),
      files: before.node.files.root.changes(),
      at: before.clock.now(),
    }),
  )
  const after = await startOneNode({ snapshot })
  await after.clock.advance(1000)
  const now = after.pod('kept')
  expect(now?.status).toEqual(old?.status)
  expect(await after.exec('kept', 'cat', '/tmp/mine')).toMatchObject({ stdout: 'mine\n' })
  expect(after.events('kept')).toEqual(before.events('kept'))
  expect(after.pod('gone')?.status?.podIP).toBe(before.pod('gone')?.status?.podIP)
})
