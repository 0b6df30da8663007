// Every command of the shell. Adding one is a new file and a line here.

import { kubectlCommand } from '../../kubectl/index.ts'
import { networkToolCommands } from '../../network/tools/index.ts'
import type { Machine, Program } from '../../node/process.ts'
import { awkCommand } from './awk.ts'
import { base64Command } from './base64.ts'
import { bashCommand } from './bash.ts'
import {
  bracketCommand,
  echoCommand,
  falseCommand,
  printfCommand,
  pwdCommand,
  testCommand,
  trueCommand,
} from './basics.ts'
import { catCommand } from './cat.ts'
import { chmodCommand } from './chmod.ts'
import { columnCommand } from './column.ts'
import { commCommand } from './comm.ts'
import type { Command } from './command.ts'
import { cpCommand } from './cp.ts'
import { curlCommand } from './curl.ts'
import { cutCommand } from './cut.ts'
import { dateCommand } from './date.ts'
import { diffCommand } from './diff.ts'
import { digCommand } from './dig.ts'
import { dockerCommand } from './docker.ts'
import { duCommand } from './du.ts'
import { envCommand, printenvCommand } from './env.ts'
import { expandCommand } from './expand.ts'
import { exprCommand } from './expr.ts'
import { fileCommand } from './file.ts'
import { findCommand } from './find.ts'
import { foldCommand } from './fold.ts'
import { egrepCommand, fgrepCommand, grepCommand } from './grep.ts'
import { headCommand } from './head.ts'
import { helpCommand, manCommand } from './help.ts'
import { hostCommand } from './host.ts'
import { hostnameCommand, idCommand, unameCommand, whoamiCommand } from './identity.ts'
import { joinCommand } from './join.ts'
import { jqCommand } from './jq.ts'
import { lessCommand, moreCommand } from './less.ts'
import { lnCommand } from './ln.ts'
import { lsCommand } from './ls.ts'
import { md5sumCommand } from './md5sum.ts'
import { mkdirCommand, rmdirCommand } from './mkdir.ts'
import { mvCommand } from './mv.ts'
import { nanoCommand } from './nano.ts'
import { ncCommand } from './nc.ts'
import { nlCommand } from './nl.ts'
import { nslookupCommand } from './nslookup.ts'
import { odCommand } from './od.ts'
import { pasteCommand } from './paste.ts'
import { basenameCommand, dirnameCommand, readlinkCommand, realpathCommand } from './paths.ts'
import { pingCommand } from './ping.ts'
import { killCommand, pgrepCommand, pkillCommand, psCommand } from './ps.ts'
import { registerCommands } from './registry.ts'
import { revCommand } from './rev.ts'
import { rmCommand } from './rm.ts'
import { clearCommand, resetCommand } from './screen-control.ts'
import { sedCommand } from './sed.ts'
import { seqCommand } from './seq.ts'
import { shCommand } from './sh.ts'
import { sha1sumCommand } from './sha1sum.ts'
import { sha256sumCommand } from './sha256sum.ts'
import { dfCommand, freeCommand } from './sizes.ts'
import { sleepCommand } from './sleep.ts'
import { sortCommand } from './sort.ts'
import { splitCommand } from './split.ts'
import { sshCommand } from './ssh.ts'
import { statCommand } from './stat.ts'
import { stringsCommand } from './strings.ts'
import { tacCommand } from './tac.ts'
import { tailCommand } from './tail.ts'
import { tarCommand } from './tar.ts'
import { teeCommand } from './tee.ts'
import { timeoutCommand } from './timeout.ts'
import { touchCommand } from './touch.ts'
import { trCommand } from './tr.ts'
import { tracepathCommand, tracerouteCommand } from './traceroute.ts'
import { treeCommand } from './tree.ts'
import { uniqCommand } from './uniq.ts'
import { viCommand, vimCommand } from './vi.ts'
import { watchCommand } from './watch.ts'
import { wcCommand } from './wc.ts'
import { wgetCommand } from './wget.ts'
import { whichCommand } from './which.ts'
import { xargsCommand } from './xargs.ts'
import { yesCommand } from './yes.ts'

export const commands: Readonly<Record<string, Command>> = registerCommands([
  awkCommand,
  base64Command,
  basenameCommand,
  bashCommand,
  bracketCommand,
  catCommand,
  chmodCommand,
  clearCommand,
  columnCommand,
  commCommand,
  cpCommand,
  curlCommand,
  cutCommand,
  dateCommand,
  dfCommand,
  diffCommand,
  digCommand,
  dirnameCommand,
  dockerCommand,
  duCommand,
  echoCommand,
  egrepCommand,
  envCommand,
  expandCommand,
  exprCommand,
  falseCommand,
  fgrepCommand,
  fileCommand,
  findCommand,
  foldCommand,
  freeCommand,
  grepCommand,
  headCommand,
  helpCommand,
  hostCommand,
  hostnameCommand,
  idCommand,
  joinCommand,
  jqCommand,
  kubectlCommand,
  lessCommand,
  lnCommand,
  lsCommand,
  manCommand,
  md5sumCommand,
  mkdirCommand,
  moreCommand,
  mvCommand,
  nanoCommand,
  ncCommand,
  ...networkToolCommands,
  nlCommand,
  nslookupCommand,
  odCommand,
  pasteCommand,
  killCommand,
  pgrepCommand,
  pingCommand,
  pkillCommand,
  psCommand,
  printenvCommand,
  printfCommand,
  pwdCommand,
  readlinkCommand,
  realpathCommand,
  resetCommand,
  revCommand,
  rmCommand,
  rmdirCommand,
  sedCommand,
  seqCommand,
  shCommand,
  sha1sumCommand,
  sha256sumCommand,
  sleepCommand,
  sortCommand,
  splitCommand,
  sshCommand,
  statCommand,
  stringsCommand,
  tacCommand,
  tailCommand,
  tarCommand,
  teeCommand,
  testCommand,
  timeoutCommand,
  touchCommand,
  trCommand,
  tracepathCommand,
  tracerouteCommand,
  treeCommand,
  trueCommand,
  unameCommand,
  viCommand,
  vimCommand,
  uniqCommand,
  watchCommand,
  wcCommand,
  wgetCommand,
  whichCommand,
  whoamiCommand,
  xargsCommand,
  yesCommand,
])

/** The programs that a machine of this kind has in /usr/bin. */
export function programsOf(kind: Machine['kind']): Record<string, Program> {
  const programs: Record<string, Program> = {}
  for (const command of Object.values(commands)) {
    if (command.machines === undefined || command.machines.includes(kind))
      programs[command.name] = command.program
  }
  return programs
}
