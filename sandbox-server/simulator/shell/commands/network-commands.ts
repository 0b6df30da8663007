// The commands that speak to the network and to the Kubernetes API.
import { kubectlCommand } from '../../kubectl/index.ts'
import type { Command } from './command.ts'
import { curlCommand } from './curl.ts'
import { digCommand } from './dig.ts'
import { hostCommand } from './host.ts'
import { ncCommand } from './nc.ts'
import { nslookupCommand } from './nslookup.ts'
import { pingCommand } from './ping.ts'
import { tracepathCommand, tracerouteCommand } from './traceroute.ts'
import { wgetCommand } from './wget.ts'

export const networkCommands: readonly Command[] = [
  curlCommand,
  digCommand,
  hostCommand,
  kubectlCommand,
  ncCommand,
  nslookupCommand,
  pingCommand,
  tracepathCommand,
  tracerouteCommand,
  wgetCommand,
]
