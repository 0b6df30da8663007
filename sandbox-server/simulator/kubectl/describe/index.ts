// Every description, by kind. Adding one is a new file and a line here.
import type { Describer } from './describer.ts'
import { describeGeneric } from './generic.ts'
import { describePod } from './pod.ts'
import { describeService } from './service.ts'

/** By `kind` or `kind.group`. */
const describers: Readonly<Record<string, Describer>> = {
  Pod: describePod,
  Service: describeService,
}

export function describerOf(group: string, kind: string): Describer {
  return describers[group === '' ? kind : `${kind}.${group}`] ?? describeGeneric
}
