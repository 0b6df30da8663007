import { describe, expect, test } from 'vitest'
import { networkTools } from '../../../../../sandbox-server/simulator/network/tools/index.ts'
import { collector } from '../../../../../sandbox-server/simulator/node/streams.ts'
import { type TestNode, testCluster } from '../cluster.ts'

/** Runs a tool on the node and gives what it printed, with chance taken out. */
async function run(node: TestNode, command: string): Promise<string> {
  const argv = command.split(' ')
  const program = networkTools[argv[0] ?? '']
  const output = collector()
  const process = node.machine.process({ stdout: output, stderr: output })
  const code = await program?.({ ...process, argv })
  return `${tidy(output.text())}[${code}]`
}

function tidy(text: string): string {
  return text
    .replace(/([0-9a-f]{2}:){5}[0-9a-f]{2}/g, 'MAC')
    .replace(/veth[0-9a-f]{8}/g, 'vethN')
    .replace(/(sport|dport)=\d{4,5}/g, '$1=N')
}

async function flannelPair() {
  const cluster = await testCluster('flannel')
  const [, worker, worker2] = cluster.nodes
  const a = cluster.pod(worker, 'a')
  const b = cluster.pod(worker2, 'b')
  await cluster.get(a.network.sockets, `http://${b.address}:8080/`)
  return { cluster, worker, worker2, a, b }
}

describe('on a node with Flannel', () => {
  test('ip shows the links, addresses, routes and neighbours of the recording', async () => {
    const { worker } = await flannelPair()
    const shown: Record<string, string> = {}
    for (const command of [
      'ip -br link',
      'ip -br -4 address',
      'ip -d link show flannel.1',
      'ip -4 route',
      'ip neigh show dev flannel.1',
      'ip route get 10.244.2.2',
      'ip route get 172.18.0.3',
      'ip route get 10.244.1.2',
      'ip -o -4 address show eth0',
      'ip link show nosuch',
      'bridge link',
      'bridge fdb show dev flannel.1',
    ]) {
      shown[command] = await run(worker, command)
    }
    expect(shown).toMatchInlineSnapshot(`
      {
        "bridge fdb show dev flannel.1": "MAC dst 172.18.0.2 self permanent
      MAC dst 172.18.0.4 self permanent
      [0]",
        "bridge link": "5: vethN@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 master cni0 state forwarding priority 32 cost 2 
      [0]",
        "ip -4 route": "default via 172.18.0.1 dev eth0 
      10.244.0.0/24 via 10.244.0.0 dev flannel.1 onlink 
      10.244.1.0/24 dev cni0 proto kernel scope link src 10.244.1.1 
      10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink 
      172.18.0.0/16 dev eth0 proto kernel scope link src 172.18.0.3 
      [0]",
        "ip -br -4 address": "lo               UNKNOWN        127.0.0.1/8 
      eth0@if5         UP             172.18.0.3/16 
      flannel.1        UNKNOWN        10.244.1.0/32 
      cni0             UP             10.244.1.1/24 
      [0]",
        "ip -br link": "lo               UNKNOWN        MAC <LOOPBACK,UP,LOWER_UP> 
      eth0@if5         UP             MAC <BROADCAST,MULTICAST,UP,LOWER_UP> 
      flannel.1        UNKNOWN        MAC <BROADCAST,MULTICAST,UP,LOWER_UP> 
      cni0             UP             MAC <BROADCAST,MULTICAST,UP,LOWER_UP> 
      vethN@if2 UP             MAC <BROADCAST,MULTICAST,UP,LOWER_UP> 
      [0]",
        "ip -d link show flannel.1": "3: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN mode DEFAULT group default
          link/ether MAC brd MAC promiscuity 0  allmulti 0 minmtu 68 maxmtu 65535 
          vxlan id 1 local 172.18.0.3 dev eth0 srcport 0 0 dstport 8472 nolearning ttl auto ageing 300 udpcsum noudp6zerocsumtx noudp6zerocsumrx addrgenmode eui64 numtxqueues 1 numrxqueues 1 gso_max_size 65536 gso_max_segs 65535 
      [0]",
        "ip -o -4 address show eth0": "2: eth0    inet 172.18.0.3/16 brd 172.18.255.255 scope global eth0\\       valid_lft forever preferred_lft forever
      [0]",
        "ip link show nosuch": "Device "nosuch" does not exist.
      [1]",
        "ip neigh show dev flannel.1": "10.244.0.0 lladdr MAC PERMANENT 
      10.244.2.0 lladdr MAC PERMANENT 
      [0]",
        "ip route get 10.244.1.2": "10.244.1.2 dev cni0 src 10.244.1.1 uid 0 
          cache 
      [0]",
        "ip route get 10.244.2.2": "10.244.2.2 via 10.244.2.0 dev flannel.1 src 10.244.1.0 uid 0 
          cache 
      [0]",
        "ip route get 172.18.0.3": "local 172.18.0.3 dev lo src 172.18.0.3 uid 0 
          cache <local> 
      [0]",
      }
    `)
  })

  test('rules that a learner writes take effect and can be taken back', async () => {
    const { cluster, worker2, a, b } = await flannelPair()
    const get = () => cluster.get(a.network.sockets, `http://${b.address}:8080/`)
    expect(await run(worker2, 'iptables -I INPUT -p udp --dport 8472 -j DROP')).toBe('[0]')
    expect(await get()).toBe('timeout')
    expect(await run(worker2, 'iptables -nvL INPUT --line-numbers')).toMatchInlineSnapshot(`
      "Chain INPUT (policy ACCEPT 6 packets, 604 bytes)
      num   pkts bytes target     prot opt in     out     source               destination         
      1        2   188 DROP       17   --  *      *       0.0.0.0/0            0.0.0.0/0            udp dpt:8472
      2        6   604 KUBE-PROXY-FIREWALL 0    --  *      *       0.0.0.0/0            0.0.0.0/0            conntrack --ctstate NEW /* kubernetes load balancer firewall */
      3        6   604 KUBE-NODEPORTS 0    --  *      *       0.0.0.0/0            0.0.0.0/0            /* kubernetes health check service ports */
      4        6   604 KUBE-EXTERNAL-SERVICES 0    --  *      *       0.0.0.0/0            0.0.0.0/0            conntrack --ctstate NEW /* kubernetes externally-visible service portals */
      5        6   604 KUBE-FIREWALL 0    --  *      *       0.0.0.0/0            0.0.0.0/0           
      [0]"
    `)
    expect(await run(worker2, 'iptables -D INPUT -p udp --dport 8472 -j DROP')).toBe('[0]')
    expect(await get()).toBe('b')
    expect(await run(worker2, 'iptables -A INPUT -j NOSUCH')).toMatchInlineSnapshot(`
      "iptables v1.8.11 (nf_tables): Couldn't load target \`NOSUCH':No such file or directory
      Try \`iptables -h' or 'iptables --help' for more information.
      [2]"
    `)
    expect(await run(worker2, 'iptables -t nat -S FLANNEL-POSTRTG')).toMatchInlineSnapshot(`
      "-N FLANNEL-POSTRTG
      -A FLANNEL-POSTRTG -m mark --mark 0x4000/0x4000 -m comment --comment "flanneld masq" -j RETURN
      -A FLANNEL-POSTRTG -s 10.244.2.0/24 -d 10.244.0.0/16 -m comment --comment "flanneld masq" -j RETURN
      -A FLANNEL-POSTRTG -s 10.244.0.0/16 -d 10.244.2.0/24 -m comment --comment "flanneld masq" -j RETURN
      -A FLANNEL-POSTRTG ! -s 10.244.0.0/16 -d 10.244.2.0/24 -m comment --comment "flanneld masq" -j RETURN
      -A FLANNEL-POSTRTG -s 10.244.0.0/16 ! -d 224.0.0.0/4 -m comment --comment "flanneld masq" -j MASQUERADE --random-fully
      -A FLANNEL-POSTRTG ! -s 10.244.0.0/16 -d 10.244.0.0/16 -m comment --comment "flanneld masq" -j MASQUERADE --random-fully
      [0]"
    `)
  })

  test('tcpdump sees the tunnel outside and the pods inside', async () => {
    const { cluster, worker, a, b } = await flannelPair()
    const argv = 'tcpdump -ni eth0 -c 3 udp port 8472'.split(' ')
    const output = collector()
    const process = worker.machine.process({ stdout: output, stderr: output })
    const done = networkTools.tcpdump?.({ ...process, argv })
    await cluster.get(a.network.sockets, `http://${b.address}:8080/`)
    expect(await done).toBe(0)
    expect(
      output
        .text()
        .replace(/\d\d:\d\d:\d\d\.\d{6}/g, 'TIME')
        .replace(/\.\d{5}\b/g, '.PORT')
        .replace(/seq \d{4,}/g, 'seq N'),
    ).toMatchInlineSnapshot(`
      "tcpdump: verbose output suppressed, use -v[v]... for full protocol decode
      listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes
      TIME IP 172.18.0.3.PORT > 172.18.0.4.8472: OTV, flags [I] (0x08), overlay 0, instance 1
      IP 10.244.1.2.PORT > 10.244.2.2.8080: Flags [S], seq N, win 65535, options [mss 1410], length 0
      TIME IP 172.18.0.4.PORT > 172.18.0.3.8472: OTV, flags [I] (0x08), overlay 0, instance 1
      IP 10.244.2.2.8080 > 10.244.1.2.PORT: Flags [S.], seq N, ack 1, win 65535, options [mss 1410], length 0
      TIME IP 172.18.0.3.PORT > 172.18.0.4.8472: OTV, flags [I] (0x08), overlay 0, instance 1
      IP 10.244.1.2.PORT > 10.244.2.2.8080: Flags [.], ack 1, win 1024, length 0
      3 packets captured
      3 packets received by filter
      0 packets dropped by kernel
      "
    `)
  })
})

test("conntrack shows a Service's rewriting on the client's node, and ss the listeners", async () => {
  const cluster = await testCluster('kindnet')
  const [, worker, worker2] = cluster.nodes
  const a = cluster.pod(worker, 'a')
  const c = cluster.pod(worker2, 'c')
  cluster.service('web', { clusterIP: '10.96.5.5', pods: [c] })
  await cluster.settle()
  await cluster.get(a.network.sockets, 'http://10.96.5.5/')
  expect(await run(worker, 'conntrack -L -p tcp --dport 80')).toMatchInlineSnapshot(`
    "tcp      6 120 TIME_WAIT src=10.244.1.2 dst=10.96.5.5 sport=N dport=80 src=10.244.2.2 dst=10.244.1.2 sport=N dport=N [ASSURED] mark=0 use=1
    conntrack v1.4.8 (conntrack-tools): 1 flow entries have been shown.
    [0]"
  `)
  worker.network.sockets.listen({ port: 9100, address: '127.0.0.1' }, () => undefined)
  expect(await run(worker, 'ss -ltn')).toMatchInlineSnapshot(`
    "State  Recv-Q Send-Q Local Address:Port  Peer Address:Port Process
    LISTEN 0      4096         0.0.0.0:10256      0.0.0.0:*    
    LISTEN 0      4096       127.0.0.1:9100       0.0.0.0:*    
    [0]"
  `)
})
