import { describe, expect, test } from 'vitest'
import type { EndpointSlice, Service } from '../../../../../sandbox-server/contract/kubernetes.ts'
import { serviceChain } from '../../../../../sandbox-server/simulator/network/kube-proxy/chain-names.ts'
import { kubeProxyRules } from '../../../../../sandbox-server/simulator/network/kube-proxy/rules.ts'
import { servicePorts } from '../../../../../sandbox-server/simulator/network/kube-proxy/service-ports.ts'

interface EndpointOf {
  readonly ip: string
  readonly node: string
  readonly ready?: boolean
  readonly serving?: boolean
  readonly terminating?: boolean
}

function rulesFor(
  spec: Service['spec'],
  endpoints: readonly EndpointOf[],
  status?: Service['status'],
): string[] {
  const service: Service = {
    metadata: { name: 'web', namespace: 'demo' },
    spec: { clusterIP: '10.96.5.5', ports: [{ name: 'http', port: 80, protocol: 'TCP' }], ...spec },
    ...(status && { status }),
  }
  const slice: EndpointSlice = {
    metadata: { name: 'web-x', namespace: 'demo', labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: endpoints.map(({ ip, node, ready = true, serving = ready, terminating = false }) => ({
      addresses: [ip],
      nodeName: node,
      conditions: { ready, serving, terminating },
    })),
  }
  const ports = servicePorts([service], [slice], 'worker')
  const options = { clusterCidr: '10.244.0.0/16', nodeIp: '172.18.0.3', localhostNodePorts: true }
  return kubeProxyRules(ports, options)
    .text.split('\n')
    .filter((line) => line.includes('demo/web') || /^-A KUBE-(EXT|SVL|FW)/.test(line))
    .map((line) => line.replace(/KUBE-(SVC|SVL|SEP|EXT|FW)-[A-Z0-9]{16}/g, 'KUBE-$1-HASH'))
}

const here = { ip: '10.244.1.2', node: 'worker' }
const there = { ip: '10.244.2.2', node: 'worker2' }

describe('kube-proxy', () => {
  test('names chains as every real cluster does', () => {
    expect([
      serviceChain('SVC', 'demo/web:http', 'tcp'),
      serviceChain('SVC', 'default/kubernetes:https', 'tcp'),
      serviceChain('SVC', 'kube-system/kube-dns:dns', 'udp'),
      serviceChain('SVC', 'kube-system/kube-dns:dns-tcp', 'tcp'),
      serviceChain('SVC', 'kube-system/kube-dns:metrics', 'tcp'),
    ]).toEqual([
      'KUBE-SVC-XRY76EGRC3BSCIIJ',
      'KUBE-SVC-NPX46M4PTMTKRN6Y',
      'KUBE-SVC-TCOU7JCQXEZGVUNU',
      'KUBE-SVC-ERIFXISQEP7F7OF4',
      'KUBE-SVC-JD5MR3NA4I4DYORP',
    ])
  })

  test('rejects where no endpoint is, and drops where none is local', () => {
    expect(rulesFor({}, [])).toEqual([
      '-A KUBE-SERVICES -m comment --comment "demo/web:http has no endpoints" -m tcp -p tcp -d 10.96.5.5 --dport 80 -j REJECT',
    ])
    expect(rulesFor({ internalTrafficPolicy: 'Local' }, [there])).toEqual([
      '-A KUBE-SERVICES -m comment --comment "demo/web:http has no local endpoints" -m tcp -p tcp -d 10.96.5.5 --dport 80 -j DROP',
    ])
  })

  test('keeps internalTrafficPolicy Local on the node', () => {
    expect(rulesFor({ internalTrafficPolicy: 'Local' }, [here, there])).toEqual([
      '-A KUBE-SERVICES -m comment --comment "demo/web:http cluster IP" -m tcp -p tcp -d 10.96.5.5 --dport 80 -j KUBE-SVL-HASH',
      '-A KUBE-SVL-HASH -m comment --comment "demo/web:http cluster IP" -m tcp -p tcp -d 10.96.5.5 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ',
      '-A KUBE-SVL-HASH -m comment --comment "demo/web:http -> 10.244.1.2:8080" -j KUBE-SEP-HASH',
      '-A KUBE-SEP-HASH -m comment --comment "demo/web:http" -s 10.244.1.2 -j KUBE-MARK-MASQ',
      '-A KUBE-SEP-HASH -m comment --comment "demo/web:http" -m tcp -p tcp -j DNAT --to-destination 10.244.1.2:8080',
    ])
  })

  test('uses what still serves while it ends, where nothing else is left', () => {
    const ending = { ...here, ready: false, serving: true, terminating: true }
    const dnat = (lines: string[]) =>
      lines.filter((line) => line.includes('DNAT')).map((line) => line.split(' ').at(-1))
    expect(dnat(rulesFor({}, [ending, there]))).toEqual(['10.244.2.2:8080'])
    expect(dnat(rulesFor({}, [ending]))).toEqual(['10.244.1.2:8080'])
    expect(dnat(rulesFor({}, [{ ...here, ready: false }]))).toEqual([])
  })

  test('opens node ports and, under policy Local, drops on nodes without a pod', () => {
    const nodePort = {
      type: 'NodePort',
      ports: [{ name: 'http', port: 80, nodePort: 30080, protocol: 'TCP' }],
    }
    expect(rulesFor({ ...nodePort, externalTrafficPolicy: 'Local' } as Service['spec'], [there])).toEqual([
      '-A KUBE-EXTERNAL-SERVICES -m comment --comment "demo/web:http has no local endpoints" -m addrtype --dst-type LOCAL -m tcp -p tcp --dport 30080 -j DROP',
      '-A KUBE-SERVICES -m comment --comment "demo/web:http cluster IP" -m tcp -p tcp -d 10.96.5.5 --dport 80 -j KUBE-SVC-HASH',
      '-A KUBE-NODEPORTS -m comment --comment "demo/web:http" -m tcp -p tcp --dport 30080 -d 127.0.0.0/8 -m nfacct --nfacct-name localhost_nps_accepted_pkts -j KUBE-EXT-HASH',
      '-A KUBE-NODEPORTS -m comment --comment "demo/web:http" -m tcp -p tcp --dport 30080 -j KUBE-EXT-HASH',
      '-A KUBE-SVC-HASH -m comment --comment "demo/web:http cluster IP" -m tcp -p tcp -d 10.96.5.5 --dport 80 ! -s 10.244.0.0/16 -j KUBE-MARK-MASQ',
      '-A KUBE-EXT-HASH -m comment --comment "pod traffic for demo/web:http external destinations" -s 10.244.0.0/16 -j KUBE-SVC-HASH',
      '-A KUBE-EXT-HASH -m comment --comment "masquerade LOCAL traffic for demo/web:http external destinations" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ',
      '-A KUBE-EXT-HASH -m comment --comment "route LOCAL traffic for demo/web:http external destinations" -m addrtype --src-type LOCAL -j KUBE-SVC-HASH',
      '-A KUBE-SVC-HASH -m comment --comment "demo/web:http -> 10.244.2.2:8080" -j KUBE-SEP-HASH',
      '-A KUBE-SEP-HASH -m comment --comment "demo/web:http" -s 10.244.2.2 -j KUBE-MARK-MASQ',
      '-A KUBE-SEP-HASH -m comment --comment "demo/web:http" -m tcp -p tcp -j DNAT --to-destination 10.244.2.2:8080',
    ])
  })

  test('lets loadBalancerSourceRanges through a firewall chain', () => {
    const spec: Service['spec'] = { type: 'LoadBalancer', loadBalancerSourceRanges: ['172.18.0.8/29'] }
    const lines = rulesFor(spec, [here], { loadBalancer: { ingress: [{ ip: '172.18.255.200' }] } })
    expect(lines.filter((line) => line.includes('FW') || line.includes('FIREWALL'))).toEqual([
      '-A KUBE-PROXY-FIREWALL -m comment --comment "demo/web:http traffic not accepted by KUBE-FW-HASH" -m tcp -p tcp -d 172.18.255.200 --dport 80 -j DROP',
      '-A KUBE-SERVICES -m comment --comment "demo/web:http loadbalancer IP" -m tcp -p tcp -d 172.18.255.200 --dport 80 -j KUBE-FW-HASH',
      '-A KUBE-FW-HASH -m comment --comment "demo/web:http loadbalancer IP" -s 172.18.0.8/29 -j KUBE-EXT-HASH',
      '-A KUBE-FW-HASH -m comment --comment "other traffic to demo/web:http will be dropped by KUBE-PROXY-FIREWALL"',
    ])
  })

  test("writes nothing for headless, ExternalName and other proxies' Services", () => {
    expect(rulesFor({ clusterIP: 'None' }, [here])).toEqual([])
    expect(rulesFor({ type: 'ExternalName', externalName: 'db.example.com' }, [here])).toEqual([])
  })
})
