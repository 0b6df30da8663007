// Traefik as the Ingress controller and the default class: ports 80 and 443 of the control-plane node, 31080 and 31443 of every node.
import type { AddOn, AddOnSite } from '../../add-on.ts'

export const traefik: AddOn = {
  name: 'traefik',
  version: 'v3.7.13',
  manifest: { kind: 'shipped', files: [new URL('traefik.yaml', import.meta.url)] },
  waitFor: ['traefik/deployment/traefik'],
  configure: service,
}

/** Of type LoadBalancer where something gives such Services an address, and with the same node ports everywhere. */
function service({ spec }: AddOnSite): string {
  return `apiVersion: v1
kind: Service
metadata: { name: traefik, namespace: traefik, labels: { app: traefik } }
spec:
  type: ${spec.loadBalancer === 'none' ? 'NodePort' : 'LoadBalancer'}
  selector: { app: traefik }
  ports:
    - { name: web, port: 80, targetPort: web, nodePort: 31080 }
    - { name: websecure, port: 443, targetPort: websecure, nodePort: 31443 }
`
}
