// The course as it is planned. A lesson listed here is shown as planned until its folder exists in lessons/; then that wins.

export interface PlannedLesson {
  readonly name: string
  readonly question: string
  readonly minutes: number
}

export interface PlannedChapter {
  readonly name: string
  readonly title: string
  readonly promise: string
  /** Number of the chapter's first lesson in the whole course. */
  readonly first: number
  readonly lessons: readonly PlannedLesson[]
}

const lesson = (name: string, minutes: number, question: string): PlannedLesson => ({
  name,
  minutes,
  question,
})

export const plannedChapters: readonly PlannedChapter[] = [
  {
    name: 'pod-to-service',
    title: 'From pod to Service',
    promise:
      'Put a stable name in front of pods that come and go, and say which hop broke when it stays silent.',
    first: 1,
    lessons: [
      lesson('pod-network', 12, 'Two pods, two nodes, one flat network: who rewrites the packet?'),
      lesson('clusterip', 10, 'Pods come and go. What stays?'),
      lesson('selectors', 10, 'The Service exists, the pods run, nobody answers'),
      lesson('ports', 12, 'It works with port-forward, so why not through the Service?'),
      lesson('readiness', 15, 'One request in sixteen fails at every rollout'),
      lesson('connections', 12, 'Three pods, one of them does all the work'),
    ],
  },
  {
    name: 'names',
    title: 'Names',
    promise: 'Know which questions a name causes, and write names that work from any namespace.',
    first: 7,
    lessons: [
      lesson('dns-search', 15, 'One name, eight questions: who completes it, and with what?'),
      lesson('headless', 12, 'db-0, are you there?'),
      lesson('externalname', 10, 'The alias that resolves and the server that says no'),
    ],
  },
  {
    name: 'from-outside',
    title: 'From outside',
    promise: 'Open a door on every node, and know who walks in.',
    first: 10,
    lessons: [
      lesson('nodeport', 12, 'One port on every node, and two nodes of three hang'),
      lesson('loadbalancer', 12, 'EXTERNAL-IP pending: whom are we waiting for?'),
    ],
  },
  {
    name: 'http',
    title: 'HTTP at the edge',
    promise: 'Route by host and path, and predict the answer on any controller.',
    first: 12,
    lessons: [
      lesson('ingress-controller', 12, 'An Ingress without a controller is a wish'),
      lesson('ingress-rules', 15, '/shop works. So does /shopping.'),
      lesson('ingress-tls', 12, 'The padlock shows the wrong certificate'),
      lesson('gateway-api', 15, 'One Ingress, three owners: split it'),
    ],
  },
  {
    name: 'inside-a-node',
    title: 'Inside a node',
    promise: 'Read the rules, routes and interfaces that carry every packet.',
    first: 16,
    lessons: [
      lesson('kube-proxy', 15, 'There is no proxy in the path'),
      lesson('cni-plugin', 12, 'Node NotReady: what is missing?'),
      lesson('overlay-or-routed', 15, 'Same node yes, other node no: choosing a plugin'),
      lesson('mtu', 12, 'Small answers arrive, large ones hang'),
    ],
  },
  {
    name: 'policy',
    title: 'Policy',
    promise: 'Close a namespace and open exactly the paths that an application needs.',
    first: 20,
    lessons: [
      lesson('default-deny', 15, 'Everything is allowed until somebody selects the pod'),
      lesson('egress-dns', 10, 'Denied everything, the phone book too'),
      lesson('policy-peers', 15, 'One dash too many: who is "from"?'),
    ],
  },
  {
    name: 'beyond',
    title: 'Beyond one cluster',
    promise: 'Two address families, two clusters, the same Service.',
    first: 23,
    lessons: [
      lesson('dual-stack', 8, 'Two families, one Service'),
      lesson('multi-cluster', 12, 'The same Service in two clusters'),
    ],
  },
  {
    name: 'capstone',
    title: 'Capstone',
    promise: 'From a symptom, name the first hop that fails before you change anything.',
    first: 25,
    lessons: [lesson('broken-clusters', 60, 'Four clusters, four pagers: find the hop')],
  },
]
