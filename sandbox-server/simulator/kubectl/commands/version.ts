// kubectl version. Source: kubectl/pkg/cmd/version/version.go.
import type { KubectlCommand } from '../command.ts'
import { CliError } from '../errors.ts'
import { textAt } from '../object.ts'
import { toJson } from '../output/go-text.ts'
import { toYaml } from '../output/yaml.ts'

const gitVersion = 'v1.37.2'
const kustomizeVersion = 'v5.8.1'

export const versionCommand: KubectlCommand = {
  name: 'version',
  summary: 'Print the client and server version information',
  group: 'Other Commands',
  flags: {
    client: { type: 'boolean', default: 'false', summary: "Only the client's version" },
    output: { type: 'string', short: 'o', default: '', summary: 'yaml or json', values: ['yaml', 'json'] },
  },
  run: async (invocation) => {
    const { flags, client } = invocation
    const output = flags.string('output')
    if (!['', 'json', 'yaml'].includes(output)) throw new CliError("--output must be 'yaml' or 'json'")
    const server = flags.boolean('client') ? undefined : await client.json('/version')
    if (output) {
      const info = {
        clientVersion: { gitVersion, major: '1', minor: '37', platform: 'linux/amd64' },
        kustomizeVersion,
        ...(server ? { serverVersion: server } : {}),
      }
      return invocation.out(output === 'json' ? `${toJson(info, '  ')}\n` : toYaml(info))
    }
    await invocation.out(`Client Version: ${gitVersion}\nKustomize Version: ${kustomizeVersion}\n`)
    if (server) await invocation.out(`Server Version: ${textAt(server, 'gitVersion') ?? ''}\n`)
  },
}
