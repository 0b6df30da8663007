import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { learnerKubeconfig } from '../../../../../sandbox-server/providers/kind/access/learner-kubeconfig.ts'

it('names everything as kind does, and holds the learner’s own credentials and namespace', () => {
  const text = learnerKubeconfig({
    server: 'https://10.201.3.2:6443',
    authority: 'A',
    certificate: 'B',
    key: 'C',
    namespace: 'demo',
  })
  expect(parse(text)).toEqual({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'kind-fairlead',
    clusters: [
      {
        name: 'kind-fairlead',
        cluster: { server: 'https://10.201.3.2:6443', 'certificate-authority-data': 'QQ==' },
      },
    ],
    contexts: [
      {
        name: 'kind-fairlead',
        context: { cluster: 'kind-fairlead', user: 'kind-fairlead', namespace: 'demo' },
      },
    ],
    users: [
      { name: 'kind-fairlead', user: { 'client-certificate-data': 'Qg==', 'client-key-data': 'Qw==' } },
    ],
  })
})
