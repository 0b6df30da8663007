// A kind cluster of one node with a learner on it, without the provider around it: for tests of what a learner may do.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { runCommand } from '../../../sandbox-server/platform/commands.ts'
import { grantAccess } from '../../../sandbox-server/providers/kind/access/grant-access.ts'
import { createLearnerIdentity } from '../../../sandbox-server/providers/kind/access/learner-identity.ts'
import { learnerKubeconfig } from '../../../sandbox-server/providers/kind/access/learner-kubeconfig.ts'
import { removeBootstrapTokens } from '../../../sandbox-server/providers/kind/access/remove-bootstrap-tokens.ts'
import {
  type ApiAddress,
  createKubernetesClient,
  type KubernetesClient,
} from '../../../sandbox-server/providers/kind/api/kubernetes-client.ts'

export interface TestCluster {
  readonly node: string
  /** As the learner. */
  readonly api: ApiAddress
  readonly admin: KubernetesClient
  readonly learner: KubernetesClient
  /** A file for the tests' own use, removed with the cluster. */
  file(name: string, content: string): string
  /** Kubeconfigs by path. */
  readonly kubeconfigs: { readonly admin: string; readonly learner: string }
  remove(): Promise<void>
}

/** Undefined makes a test file skip itself. */
export const nodeImage = process.env['FAIRLEAD_KIND_NODE_IMAGE']

const decode = (text: string) => Buffer.from(text, 'base64').toString()

export async function startCluster(namespace: string): Promise<TestCluster> {
  const name = `accesstest-${randomBytes(3).toString('hex')}`
  const folder = mkdtempSync(join(tmpdir(), `${name}-`))
  const file = (path: string, content: string) => {
    writeFileSync(join(folder, path), content, { mode: 0o600 })
    return join(folder, path)
  }
  const closers: (() => Promise<void>)[] = []
  const remove = async () => {
    for (const close of closers) await close()
    await runCommand('kind', ['delete', 'cluster', '--name', name, '--kubeconfig', join(folder, 'admin')])
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const admins = join(folder, 'admin')
    const made = await runCommand('kind', [
      ...['create', 'cluster', '--name', name, '--image', nodeImage ?? ''],
      ...['--wait', '120s', '--kubeconfig', admins],
    ])
    if (made.exitCode !== 0) throw new Error(made.stderr)
    const { clusters, users } = parse(readFileSync(admins, 'utf8'))
    const { server: url, 'certificate-authority-data': authority } = clusters[0].cluster
    const { 'client-certificate-data': certificate, 'client-key-data': key } = users[0].user
    const place = { url, authority: decode(authority) }
    const admin = createKubernetesClient({ ...place, certificate: decode(certificate), key: decode(key) })
    closers.push(admin.dispose)
    const identity = await createLearnerIdentity(admin.kubernetes)
    const access = { clusterAdmin: false, podSecurity: 'baseline' } as const
    await removeBootstrapTokens(admin.kubernetes)
    await grantAccess(admin.kubernetes, { access, namespace })
    const api = { ...place, ...identity }
    const learner = createKubernetesClient(api)
    closers.push(learner.dispose)
    await untilPoliciesHold(learner)
    const learners = file('learner', learnerKubeconfig({ ...api, server: url, namespace }))
    const kubeconfigs = { admin: admins, learner: learners }
    return { node: `${name}-control-plane`, api, admin, learner, file, kubeconfigs, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

/** The API server looks for new policies once a second. */
async function untilPoliciesHold({ kubernetes }: KubernetesClient): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const response = await kubernetes(
      new Request('http://cluster/api/v1/namespaces/kube-system/configmaps?dryRun=All', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"metadata":{"name":"probe"}}',
      }),
    )
    await response.body?.cancel()
    if (response.status === 403) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('the policies do not hold after 5 s')
}
