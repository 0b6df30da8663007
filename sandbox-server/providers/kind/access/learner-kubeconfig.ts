// The kubeconfig of the learner's terminal, with the names that kind gives.

export interface LearnerKubeconfig {
  /** `https://10.201.3.2:6443` */
  readonly server: string
  /** PEM, as are the two that follow. */
  readonly authority: string
  readonly certificate: string
  readonly key: string
  readonly namespace: string
}

export function learnerKubeconfig({
  server,
  authority,
  certificate,
  key,
  namespace,
}: LearnerKubeconfig): string {
  const base64 = (pem: string) => Buffer.from(pem).toString('base64')
  return `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${base64(authority)}
    server: ${server}
  name: kind-fairlead
contexts:
- context:
    cluster: kind-fairlead
    namespace: ${namespace}
    user: kind-fairlead
  name: kind-fairlead
current-context: kind-fairlead
kind: Config
users:
- name: kind-fairlead
  user:
    client-certificate-data: ${base64(certificate)}
    client-key-data: ${base64(key)}
`
}
