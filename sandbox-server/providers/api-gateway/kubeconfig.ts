// The kubeconfig that a learner downloads: the gateway, its authority, and the token of one cluster.

export interface KubeconfigContents {
  readonly server: string
  /** PEM. */
  readonly authority: string
  readonly token: string
  readonly namespace: string
}

/** JSON, which is YAML too. */
export function gatewayKubeconfig({ server, authority, token, namespace }: KubeconfigContents): string {
  const name = 'fairlead'
  const cluster = { server, 'certificate-authority-data': Buffer.from(authority).toString('base64') }
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace } }],
    preferences: {},
  }
  return `${JSON.stringify(config, null, 2)}\n`
}
