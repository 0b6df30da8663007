// Every built-in of the shell. Adding one is a file (or an entry in one) and a line here.
import type { Builtin } from '../builtin.ts'
import { controlBuiltins } from './control.ts'
import { directoryBuiltins } from './directories.ts'
import { evaluationBuiltins } from './evaluation.ts'
import { historyBuiltins } from './history.ts'
import { jobBuiltins } from './jobs.ts'
import { lookupBuiltins } from './lookup.ts'
import { optionBuiltins } from './options.ts'
import { outputBuiltins } from './output.ts'
import { readBuiltins } from './read.ts'
import { variableBuiltins } from './variables.ts'

export const builtins: ReadonlyMap<string, Builtin> = new Map(
  Object.entries({
    ...controlBuiltins,
    ...directoryBuiltins,
    ...evaluationBuiltins,
    ...historyBuiltins,
    ...jobBuiltins,
    ...lookupBuiltins,
    ...optionBuiltins,
    ...outputBuiltins,
    ...readBuiltins,
    ...variableBuiltins,
  }),
)
