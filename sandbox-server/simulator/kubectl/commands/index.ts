// Every kubectl command. Adding one is a new file and a line here.
import type { KubectlCommand } from '../command.ts'
import { apiResourcesCommand, apiVersionsCommand } from './api-resources.ts'
import { applyCommand } from './apply.ts'
import { attachCommand } from './attach.ts'
import { authCommand } from './auth.ts'
import { autoscaleCommand } from './autoscale.ts'
import { clusterInfoCommand } from './cluster-info.ts'
import { completionCommand } from './completion.ts'
import { configCommand } from './config/index.ts'
import { cpCommand } from './cp.ts'
import { createCommand } from './create/index.ts'
import { debugCommand } from './debug.ts'
import { deleteCommand } from './delete.ts'
import { describeCommand } from './describe.ts'
import { diffCommand } from './diff.ts'
import { drainCommand } from './drain.ts'
import { editCommand } from './edit.ts'
import { eventsCommand } from './events.ts'
import { execCommand } from './exec.ts'
import { explainCommand } from './explain.ts'
import { exposeCommand } from './expose.ts'
import { getCommand } from './get.ts'
import { annotateCommand, labelCommand } from './label.ts'
import { logsCommand } from './logs.ts'
import { cordonCommand, taintCommand, uncordonCommand } from './nodes.ts'
import { patchCommand } from './patch.ts'
import { portForwardCommand } from './port-forward.ts'
import { replaceCommand } from './replace.ts'
import { rolloutCommand } from './rollout/index.ts'
import { runCommand } from './run.ts'
import { scaleCommand } from './scale.ts'
import { setCommand } from './set.ts'
import { topCommand } from './top.ts'
import { versionCommand } from './version.ts'
import { waitCommand } from './wait.ts'

/** In the order of `kubectl --help` within each group. */
export const kubectlCommands: readonly KubectlCommand[] = [
  createCommand,
  exposeCommand,
  runCommand,
  setCommand,
  explainCommand,
  getCommand,
  editCommand,
  deleteCommand,
  rolloutCommand,
  scaleCommand,
  autoscaleCommand,
  clusterInfoCommand,
  topCommand,
  cordonCommand,
  uncordonCommand,
  drainCommand,
  taintCommand,
  describeCommand,
  logsCommand,
  attachCommand,
  execCommand,
  portForwardCommand,
  cpCommand,
  authCommand,
  debugCommand,
  eventsCommand,
  diffCommand,
  applyCommand,
  patchCommand,
  replaceCommand,
  waitCommand,
  labelCommand,
  annotateCommand,
  completionCommand,
  apiResourcesCommand,
  apiVersionsCommand,
  configCommand,
  versionCommand,
]
