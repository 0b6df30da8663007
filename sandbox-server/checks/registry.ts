// The check kinds there are. A new kind is a file in kinds/, an entry here and one in contract/check.ts.
import type { Check, CheckKind } from '../contract/check.ts'
import type { CheckContext, CheckKindDefinition, Finding } from './check-kind.ts'
import { dnsCheck } from './kinds/dns.ts'
import { endpointsCheck } from './kinds/endpoints.ts'
import { matrixCheck } from './kinds/matrix.ts'
import { objectCheck } from './kinds/object.ts'
import { quizCheck } from './kinds/quiz.ts'
import { trafficCheck } from './kinds/traffic.ts'

const kinds: { readonly [K in CheckKind]: CheckKindDefinition<K> } = {
  traffic: trafficCheck,
  matrix: matrixCheck,
  dns: dnsCheck,
  endpoints: endpointsCheck,
  object: objectCheck,
  quiz: quizCheck,
}

function kindOf(check: Check): CheckKindDefinition<CheckKind> {
  // The record's type ties every key to its own kind; TypeScript cannot follow that through a union.
  return kinds[check.kind] as CheckKindDefinition<CheckKind>
}

export function changesCluster(check: Check): boolean {
  return kindOf(check).changesCluster(check)
}

export function runCheck(check: Check, context: CheckContext): Promise<Finding> {
  return kindOf(check).run(check, context)
}
