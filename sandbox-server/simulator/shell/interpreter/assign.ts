// Assignments: NAME=value, NAME+=value, NAME[key]=value, NAME=(a b [key]=value).

import { evaluateArithmetic } from './arithmetic.ts'
import type { Assignment, WordNode } from './ast.ts'
import { ShellError } from './control.ts'
import { expandToPattern, expandToString, expandWords } from './expand.ts'
import { type ExpansionTools, elementKey } from './parameter.ts'
import type { Run } from './shell.ts'

export async function assign(assignment: Assignment, run: Run): Promise<void> {
  const { variables } = run.shell
  if (assignment.array) return assignArray(assignment.name, assignment.array, assignment.append, run)
  const value = assignment.value ? await expandToString(assignment.value, run) : ''
  const subscript = /^(\w+)\[([\s\S]*)\]$/.exec(assignment.name)
  if (subscript?.[1] !== undefined) {
    const key = await elementKey(subscript[1], subscript[2] ?? '', run, expansionTools(run))
    const before = assignment.append ? (variables.elements(subscript[1]).get(key) ?? '') : ''
    variables.setElement(subscript[1], key, before + value)
    return
  }
  await assignText(assignment.name, value, assignment.append, run)
}

/** Gives a variable text, which is arithmetic where it was declared an integer. */
export async function assignText(name: string, value: string, append: boolean, run: Run): Promise<void> {
  const { variables, parse } = run.shell
  if (!/^[A-Za-z_]\w*$/.test(name)) throw new ShellError(`\`${name}': not a valid identifier`)
  if (variables.find(name)?.integer) {
    const command = parse(`: $((${append ? `${variables.get(name) ?? 0} + ` : ''}${value || '0'}))`)
    const simple = command.statements[0]?.pipelines[0]?.commands[0]
    const word = simple?.type === 'SimpleCommand' ? simple.args[0] : undefined
    if (word) variables.set(name, await expandToString(word, run))
    return
  }
  variables.set(name, append ? (variables.get(name) ?? '') + value : value)
}

async function assignArray(
  name: string,
  words: readonly WordNode[],
  append: boolean,
  run: Run,
): Promise<void> {
  const { variables } = run.shell
  const associative = variables.find(name)?.kind === 'associative'
  const elements = new Map(append ? variables.elements(name) : [])
  let next = Math.max(-1, ...[...elements.keys()].map(Number).filter(Number.isInteger)) + 1
  for (const word of words) {
    const keyed = keyOf(word)
    if (keyed) {
      const key = await elementKey(name, keyed.key, run, expansionTools(run))
      elements.set(key, await expandToString(keyed.value, run))
      next = Number(key) + 1
      continue
    }
    for (const value of await expandWords([word], run)) elements.set(String(next++), value)
  }
  variables.setArray(name, elements, associative ? 'associative' : 'indexed')
}

/** `[key]=value` within an array's parentheses. */
function keyOf(word: WordNode): { key: string; value: WordNode } | undefined {
  const [first, second, ...rest] = word.parts
  if (first?.type !== 'Glob' || second?.type !== 'Literal' || !second.value.startsWith('=')) return undefined
  const key = /^\[(.*)\]$/.exec(first.pattern)?.[1]
  if (key === undefined) return undefined
  return { key, value: { ...word, parts: [{ type: 'Literal', value: second.value.slice(1) }, ...rest] } }
}

function expansionTools(run: Run): ExpansionTools {
  const string = (word: WordNode) => expandToString(word, run)
  return {
    string,
    pattern: (word) => expandToPattern(word, run),
    number: async (expression) =>
      Number(await evaluateArithmetic(expression.expression, { run, expand: string })),
  }
}
