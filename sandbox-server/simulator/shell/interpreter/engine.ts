// Ties the executor's parts together, so that they need not import each other.
import { yieldTurn } from '../yield-turn.ts'
import { builtins } from './builtins/index.ts'
import { inSubshell, runCommand, runScript } from './execute.ts'
import type { Engine } from './shell.ts'
import { runSimpleCommand, runWords } from './simple-command.ts'

/** Statements between two turns of the event loop. */
const stepsPerTurn = 128

export function createEngine(): Engine {
  let steps = 0
  return {
    script: runScript,
    command: runCommand,
    simple: (node, run) => runSimpleCommand(node, run, builtins),
    subshell: (node, run) => inSubshell(run, (inner) => runScript(node, inner)),
    words: (argv, run, options) => runWords(argv, run, builtins, options),
    isBuiltin: (name) => builtins.has(name),
    builtinNames: () => [...builtins.keys()],
    checkpoint(run) {
      if (run.signal.aborted) throw run.signal.reason
      return ++steps % stepsPerTurn === 0 ? yieldTurn() : undefined
    },
  }
}
