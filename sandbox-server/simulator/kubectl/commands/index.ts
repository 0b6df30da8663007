// Every kubectl command. Adding one is a new file and a line here.
import type { KubectlCommand } from '../command.ts'
import { applyCommand } from './apply.ts'
import { deleteCommand } from './delete.ts'
import { describeCommand } from './describe.ts'
import { execCommand } from './exec.ts'
import { getCommand } from './get.ts'
import { annotateCommand, labelCommand } from './label.ts'
import { logsCommand } from './logs.ts'
import { patchCommand } from './patch.ts'
import { rolloutCommand } from './rollout/index.ts'
import { scaleCommand } from './scale.ts'
import { waitCommand } from './wait.ts'

/** In the order of `kubectl --help` within each group. */
export const kubectlCommands: readonly KubectlCommand[] = [
  getCommand,
  deleteCommand,
  rolloutCommand,
  scaleCommand,
  describeCommand,
  logsCommand,
  execCommand,
  applyCommand,
  patchCommand,
  waitCommand,
  labelCommand,
  annotateCommand,
]
