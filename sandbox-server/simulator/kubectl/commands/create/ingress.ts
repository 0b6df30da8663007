// kubectl create ingress. Source: kubectl/pkg/cmd/create/create_ingress.go.
import type { KubectlCommand } from '../../command.ts'
import { CliError } from '../../errors.ts'
import { createFlags, createObject, exactName, kinds } from './objects.ts'

interface Backend {
  service: { name: string; port: { number: number } | { name: string } }
}

interface Path {
  path: string
  pathType: 'Prefix' | 'Exact'
  backend: Backend
}

function parseBackend(text: string): Backend {
  const [name = '', port = ''] = text.split(':')
  return { service: { name, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } } }
}

export const ingressCommand: KubectlCommand = {
  name: 'ingress',
  aliases: ['ing'],
  summary: 'Create an ingress with the specified name',
  usage: 'NAME --rule=host/path=service:port[,tls[=secret]]',
  examples: [
    [
      'One host, every path',
      "kubectl create ingress shop --class=traefik --rule='shop.example.com/*=web:80'",
    ],
    ['With TLS', "kubectl create ingress shop --rule='shop.example.com/*=web:80,tls=shop-tls'"],
  ],
  flags: {
    ...createFlags,
    annotation: { type: 'array', default: '[]', summary: 'KEY=VALUE to annotate' },
    class: { type: 'string', default: '', summary: 'Ingress class' },
    'default-backend': { type: 'string', default: '', summary: 'SERVICE:PORT where no rule fits' },
    rule: {
      type: 'array',
      default: '[]',
      summary: 'host/path=service:port[,tls=secretname]; a * at the end of the path is a prefix',
    },
  },
  run: async (invocation) => {
    const { flags } = invocation
    const name = exactName(invocation, 'create ingress')
    const ruleTexts = flags.list('rule')
    const defaultBackend = flags.string('default-backend')
    if (ruleTexts.length === 0 && !defaultBackend)
      throw new CliError(
        'not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)',
      )
    const rules: { host?: string; http: { paths: Path[] } }[] = []
    const tls: { hosts?: string[]; secretName?: string }[] = []
    for (const text of ruleTexts) {
      const match = /^([^/]*)(\/[^=]*)=([^,:]+:[^,]+)(?:,(tls)(?:=(.*))?)?$/.exec(text)
      if (!match)
        throw new CliError(
          `rule ${text} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`,
        )
      const [, host = '', rawPath = '/', backend = '', hasTls, secretName] = match
      const isPrefix = rawPath.endsWith('*')
      const path = isPrefix ? rawPath.slice(0, -1) || '/' : rawPath
      const entry: Path = { path, pathType: isPrefix ? 'Prefix' : 'Exact', backend: parseBackend(backend) }
      const known = rules.find((rule) => (rule.host ?? '') === host)
      if (known) known.http.paths.push(entry)
      else rules.push({ ...(host ? { host } : {}), http: { paths: [entry] } })
      if (!hasTls) continue
      const same = tls.find((item) => (item.secretName ?? '') === (secretName ?? ''))
      if (same) same.hosts = [...(same.hosts ?? []), ...(host && !same.hosts?.includes(host) ? [host] : [])]
      else tls.push({ ...(host ? { hosts: [host] } : {}), ...(secretName ? { secretName } : {}) })
    }
    const annotations = Object.fromEntries(
      flags
        .list('annotation')
        .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
    )
    await createObject(invocation, {
      kind: kinds.ingress,
      failure: 'failed to create ingress',
      object: {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: { name, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
        spec: {
          ...(flags.string('class') ? { ingressClassName: flags.string('class') } : {}),
          ...(defaultBackend ? { defaultBackend: parseBackend(defaultBackend) } : {}),
          ...(tls.length > 0 ? { tls } : {}),
          ...(rules.length > 0 ? { rules } : {}),
        },
        status: { loadBalancer: {} },
      },
    })
  },
}
