// What a learner can and cannot do on a real cluster, as docs/threat-model.md says. Needs a container engine, kind and kubectl on
// the PATH, and FAIRLEAD_KIND_NODE_IMAGE.
import { request } from 'node:https'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CommandResult, runCommand } from '../../sandbox-server/platform/commands.ts'
import { nodeImage, startCluster, type TestCluster } from './support/start-cluster.ts'

interface Outcome {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

const outcome = ({ exitCode, stdout, stderr }: CommandResult): Outcome => ({
  exitCode,
  stdout: Buffer.from(stdout).toString(),
  stderr,
})

const pod = (name: string, spec: object, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    containers: [
      {
        name: 'c',
        image: 'registry.k8s.io/e2e-test-images/agnhost:2.66.1',
        args: ['netexec', '--http-port=8080'],
        ...more,
      },
    ],
    ...spec,
  },
})

describe.skipIf(!nodeImage)('a learner on a real cluster', () => {
  let cluster: TestCluster
  beforeAll(async () => {
    cluster = await startCluster('demo')
    await kubectlAs('admin', 'wait --for=condition=Ready node --all --timeout=60s')
    await kubectlAs(
      'admin',
      'wait -n kube-system --for=condition=Ready pod -l k8s-app=kube-proxy --timeout=60s',
    )
  })
  afterAll(() => cluster?.remove())

  async function run(program: string, args: readonly string[], who: 'admin' | 'learner', input?: unknown) {
    const env = { KUBECONFIG: cluster.kubeconfigs[who] }
    const text = input === undefined ? undefined : JSON.stringify(input)
    return outcome(await runCommand(program, args, { env, timeoutMs: 60_000, input: text }))
  }
  const kubectlAs = (who: 'admin' | 'learner', line: string, input?: unknown) =>
    run('kubectl', line.split(' '), who, input)
  const kubectl = (line: string, input?: unknown) => kubectlAs('learner', line, input)
  const bash = (script: string) => run('bash', ['-c', script], 'learner')

  it('is learner, of the group fairlead:learners', async () => {
    const { stdout } = await kubectl(
      'auth whoami -o jsonpath={.status.userInfo.username}/{.status.userInfo.groups}',
    )
    expect(stdout).toBe('learner/["fairlead:learners","system:authenticated"]')
  })

  describe('is refused', () => {
    const refused = /forbidden|Forbidden/

    it.each([
      'get secrets -n kube-system',
      'get secrets -A',
      'get --raw /api/v1/nodes/NODE/proxy/pods',
      'create token default',
      'create token default -n kube-system',
      'get pods --as=system:admin',
      'get pods --as=system:serviceaccount:kube-system:generic-garbage-collector',
      'get pods --as=learner --as-group=system:masters',
      'patch node NODE -p {"spec":{"unschedulable":true}}',
      'label node NODE a=b',
      'create clusterrolebinding mine --clusterrole=cluster-admin --user=learner',
      'create clusterrole mine --verb=get --resource=secrets',
      'patch clusterrole fairlead-learner --type=json -p [{"op":"add","path":"/rules/-","value":{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}}]',
      'delete clusterrolebinding fairlead-learner',
      'create rolebinding mine --clusterrole=cluster-admin --user=learner',
      'create rolebinding mine --clusterrole=admin --user=learner',
      'create rolebinding mine -n kube-system --clusterrole=fairlead-learner-secrets --user=learner',
      'delete validatingadmissionpolicies fairlead-learner-namespaces',
      'delete validatingadmissionpolicybindings fairlead-learner-namespaces',
      'certificate approve asked',
      'create priorityclass mine --value=1',
    ])('kubectl %s', async (line) => {
      if (line.startsWith('certificate')) await createSigningRequest()
      const { exitCode, stderr } = await kubectl(line.replace('NODE', cluster.node))
      expect(stderr).toMatch(refused)
      expect(exitCode).toBe(1)
    })

    it.each([
      'exec ds/kube-proxy -- true',
      'attach ds/kube-proxy',
      'port-forward ds/kube-proxy 0:10249',
      'debug etcd-NODE --image=registry.k8s.io/e2e-test-images/agnhost:2.66.1 --profile=general',
      'delete ds kube-proxy',
      'delete pods --all',
      'scale deployment coredns --replicas=0',
      'set image ds/kube-proxy *=x',
      'create configmap mine',
      'create serviceaccount mine',
      'patch secret any -p {}',
      'delete secrets --all',
      'run mine --image=x',
      'annotate service kube-dns a=b',
      'get --raw /api/v1/namespaces/kube-system/services/kube-dns:9153/proxy/metrics',
    ])('in kube-system: kubectl %s', async (line) => {
      const { exitCode, stderr } = await kubectl(`-n kube-system ${line.replace('NODE', cluster.node)}`)
      expect(stderr).toMatch(refused)
      expect(exitCode).toBe(1)
    })

    it('with words that say which namespaces are theirs', async () => {
      const { stderr } = await kubectl('-n kube-system create configmap mine')
      expect(stderr).toContain(
        'namespace kube-system belongs to the cluster: you can read it, not change it. Yours are those with the label fairlead.dev/learner=true; kubectl get namespaces -l fairlead.dev/learner lists them',
      )
    })

    it.each([
      ['a privileged pod', pod('bad', {}, { securityContext: { privileged: true } })],
      ['hostPath', pod('bad', { volumes: [{ name: 'v', hostPath: { path: '/' } }] })],
      ['hostNetwork', pod('bad', { hostNetwork: true })],
      ['hostPID', pod('bad', { hostPID: true })],
      ['hostIPC', pod('bad', { hostIPC: true })],
      ['a host port', pod('bad', {}, { ports: [{ containerPort: 80, hostPort: 80 }] })],
      ['NET_ADMIN', pod('bad', {}, { securityContext: { capabilities: { add: ['NET_ADMIN'] } } })],
      ['SYS_ADMIN', pod('bad', {}, { securityContext: { capabilities: { add: ['SYS_ADMIN'] } } })],
      ['no seccomp', pod('bad', {}, { securityContext: { seccompProfile: { type: 'Unconfined' } } })],
      [
        'a probe of another host',
        pod('bad', {}, { livenessProbe: { httpGet: { host: '127.0.0.1', port: 1 } } }),
      ],
    ])('a pod with %s', async (_, object) => {
      for (const namespace of ['demo', 'default']) {
        const { stderr } = await kubectl(`apply -n ${namespace} -f -`, object)
        expect(stderr).toContain('violates PodSecurity "baseline:latest"')
      }
    })

    it('a volume on the node’s own files', async () => {
      const { stderr } = await kubectl('create -f -', {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: 'bad' },
        spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/' } },
      })
      expect(stderr).toMatch(/cannot create resource "persistentvolumes"/)
    })

    it.each([
      'label namespace demo pod-security.kubernetes.io/enforce=privileged --overwrite',
      'label namespace demo pod-security.kubernetes.io/enforce-',
      'label namespace demo pod-security.kubernetes.io/enforce-version=v1.0',
      'label namespace demo fairlead.dev/learner-',
      'label namespace kube-system fairlead.dev/learner=true',
      'label namespace kube-system a=b',
      'delete namespace local-path-storage',
    ])('kubectl %s', async (line) => {
      const { stderr } = await kubectl(line)
      expect(stderr).toMatch(/forbidden: ValidatingAdmissionPolicy 'fairlead-learner-namespace-labels'/)
    })

    it('a namespace that allows more than theirs', async () => {
      const { stderr } = await kubectl('create -f -', {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'open', labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
      })
      expect(stderr).toContain('pod-security.kubernetes.io/enforce: baseline')
    })

    it('kubeadm’s token, and kubelets’ own API', async () => {
      const { url, authority } = cluster.api
      const empty = cluster.file('nobody', '')
      const file = cluster.file('authority', authority)
      const flags = ['--kubeconfig', empty, '--server', url, '--certificate-authority', file]
      const token = ['--token', 'abcdef.0123456789abcdef', 'auth', 'whoami']
      expect((await run('kubectl', [...flags, ...token], 'learner')).stderr).toMatch(/Unauthorized|logged in/)
      expect(await askKubelet('/pods')).toBe(403)
      expect(await askKubelet('/run/kube-system/etcd/etcd?cmd=ls')).toBe(403)
    })
  })

  describe('can', () => {
    const allowed = async (line: string, input?: unknown) => {
      const result = await kubectl(line, input)
      expect(`${line}: ${result.exitCode} ${result.stderr}`).toMatch(/: 0 /)
      return result.stdout
    }

    it('read everything but Secrets', async () => {
      for (const line of [
        'get all -A',
        'get nodes,pv,sc,crd,ingressclasses,priorityclasses,csr,apiservices,validatingadmissionpolicies -o name',
        'get configmaps,serviceaccounts,events,leases,endpointslices,networkpolicies,roles,rolebindings -A',
        'get clusterroles,clusterrolebindings -o name',
        `describe node ${cluster.node}`,
        '-n kube-system logs ds/kube-proxy --tail=1',
        '-n kube-system describe deployment coredns',
        'get --raw /metrics',
        'get --raw /readyz?verbose',
        'auth can-i --list',
        'api-resources',
        'explain service.spec.type',
        'version',
      ])
        await allowed(line)
    })

    it('make all kinds that lessons are about, in demo, default and namespaces of their own', async () => {
      await allowed('create namespace shop')
      const labels = await allowed('get namespace shop -o jsonpath={.metadata.labels}')
      expect(JSON.parse(labels)).toEqual({
        'fairlead.dev/learner': 'true',
        'kubernetes.io/metadata.name': 'shop',
        'pod-security.kubernetes.io/enforce': 'baseline',
        'pod-security.kubernetes.io/warn': 'baseline',
      })
      for (const namespace of ['demo', 'default', 'shop']) {
        for (const line of [
          'create deployment web --image=registry.k8s.io/e2e-test-images/agnhost:2.66.1 -- /agnhost pause',
          'expose deployment web --port=80',
          'create configmap c --from-literal=a=b',
          'create secret generic s --from-literal=a=b',
          'create ingress i --rule=a.example.com/=web:80,tls=s',
          'create serviceaccount sa',
          'create role r --verb=get --resource=pods',
          'create rolebinding rb --role=r --serviceaccount=demo:sa',
          'create rolebinding v --clusterrole=view --serviceaccount=demo:sa',
          'create job j --image=registry.k8s.io/e2e-test-images/agnhost:2.66.1 -- true',
          'create cronjob cj --image=x --schedule=@daily -- true',
          'create poddisruptionbudget p --selector=app=web --min-available=1',
          'create quota q --hard=pods=30',
          'autoscale deployment web --max=3 --name=h --cpu=80%',
          'scale deployment web --replicas=2',
          'set env deployment/web A=b',
          'label deployment web a=b',
          'rollout restart deployment web',
          'delete pods -l app=web --now',
          'delete job j',
        ])
          await allowed(`-n ${namespace} ${line}`)
      }
      await allowed('apply -f -', {
        apiVersion: 'v1',
        kind: 'List',
        items: [
          {
            apiVersion: 'networking.k8s.io/v1',
            kind: 'NetworkPolicy',
            metadata: { name: 'deny' },
            spec: { podSelector: { matchLabels: { app: 'nobody' } }, policyTypes: ['Ingress'] },
          },
          {
            apiVersion: 'discovery.k8s.io/v1',
            kind: 'EndpointSlice',
            metadata: { name: 'mine', labels: { 'kubernetes.io/service-name': 'web' } },
            addressType: 'IPv4',
            endpoints: [{ addresses: ['192.0.2.1'] }],
            ports: [{ port: 80 }],
          },
          {
            apiVersion: 'v1',
            kind: 'PersistentVolumeClaim',
            metadata: { name: 'pvc' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
          },
          {
            apiVersion: 'networking.k8s.io/v1',
            kind: 'IngressClass',
            metadata: { name: 'mine' },
            spec: { controller: 'example.com/none' },
          },
        ],
      })
    })

    it('read their Secrets: at once in demo and default, after a binding in a namespace of their own', async () => {
      await allowed('get secret s')
      await allowed('-n default get secret s')
      expect((await kubectl('-n shop get secret s')).stderr).toMatch(/cannot get resource "secrets"/)
      await allowed('-n shop create rolebinding me --clusterrole=fairlead-learner-secrets --user=learner')
      await expect.poll(async () => (await kubectl('-n shop get secret s')).exitCode).toBe(0)
      await allowed('delete namespace shop --wait=false')
    })

    it('enter, debug and watch their pods', async () => {
      await allowed('apply --server-side -f -', pod('a', {}))
      await allowed('wait pod/a --for=condition=Ready --timeout=60s')
      expect(await allowed('exec a -- hostname')).toBe('a\n')
      await allowed(
        'debug a --image=registry.k8s.io/e2e-test-images/agnhost:2.66.1 --profile=baseline -- /agnhost pause',
      )
      await allowed('get --raw /api/v1/namespaces/demo/pods/a:8080/proxy/hostname')
      const copied = await bash(
        'f=$(mktemp); echo kept > $f; kubectl cp $f a:/tmp/x && kubectl exec a -- cat /tmp/x',
      )
      expect(copied.stdout).toBe('kept\n')
    })
  })

  async function createSigningRequest() {
    const made = await bash(
      'openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -subj /CN=system:admin 2>/dev/null | base64 -w0',
    )
    const spec = {
      request: made.stdout,
      signerName: 'kubernetes.io/kube-apiserver-client',
      usages: ['client auth'],
    }
    const csr = {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name: 'asked' },
      spec,
    }
    expect((await kubectl('create -f -', csr)).stderr).toMatch(/forbidden/)
    expect((await kubectlAs('admin', 'create -f -', csr)).stderr).toBe('')
  }

  /** The kubelet's API with the learner's certificate, which it knows as one of the cluster's. */
  async function askKubelet(path: string): Promise<number | undefined> {
    const address = await kubectl('get nodes -o jsonpath={.items[0].status.addresses[0].address}')
    const { certificate: cert, key } = cluster.api
    return await new Promise((resolve, reject) => {
      const options = { cert, key, rejectUnauthorized: false }
      request(`https://${address.stdout}:10250${path}`, options, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .on('error', reject)
        .end()
    })
  }
})
