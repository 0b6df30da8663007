// A check as an author writes it in exercise.yaml, and what a run of it found.
import { z } from 'zod'
import { dnsQuestionSchema, hopSchema, targetSchema, vantageSchema } from './cluster.ts'

const common = {
  /** Unique within the exercise; progress and evidence refer to it. */
  id: z.string().regex(/^[a-z0-9-]+$/),
  /** What is looked for, as one sentence a learner reads before it was run. */
  title: z.string().min(8),
  /** Points out of the exercise's 100. */
  weight: z.int().min(1).max(100),
  /** It holds on the start state already and must not be broken. Every other check fails on the start state, a proof sees to it. */
  guard: z.boolean().default(false),
  /**
   * Messages for wrong answers that the author foresaw, tried in order when the check failed: the first whose `when` holds
   * replaces the check's own message. `when` maps a path in the check's data (docs/authors/checks.md lists it by kind) to the
   * value there, or to one of { not }, { matches }, { oneOf }, { atLeast }, { exists }. `{path}` in the message is filled in.
   */
  mistakes: z
    .array(
      z.strictObject({
        when: z.record(z.string(), z.unknown()),
        message: z.string().min(8),
      }),
    )
    .default([]),
}

/**
 * A vantage point and a target as an author writes them. `pod` may be a label selector (`app=web`), then the first ready pod is
 * meant. `host` may be `pod/NAME`, `pod/app=web`, `node/NAME` or `service/NAME` for that object's own address.
 */
const expectTraffic = z.strictObject({
  outcome: z.enum(['answered', 'refused', 'timeout', 'blocked', 'no-name']).default('answered'),
  status: z.int().optional(),
  /** Text that every body must contain. */
  body: z.string().optional(),
  /** Number of different bodies among all connections, that is of backends where the body is a host name. */
  backends: z.int().min(1).optional(),
  /** Regular expression that every body must match; with it a stranger among the backends is found. */
  everyBody: z.string().optional(),
  /** The client's address as the server saw it: of the vantage pod, a node, or a literal. Needs path /clientip. */
  clientAddress: z.string().optional(),
  /** A host name that the certificate must be for; a wildcard in the certificate counts. Needs protocol https. */
  certificateName: z.string().optional(),
})

export const trafficCheckSchema = z.strictObject({
  kind: z.literal('traffic'),
  ...common,
  from: vantageSchema,
  to: targetSchema,
  /** Number of new connections. */
  connections: z.int().min(1).max(500).default(1),
  /** What the check does to the cluster before it asks, for checks about change. Undone afterwards where it can be. */
  after: z.strictObject({ replaceOnePodOf: z.string(), namespace: z.string().default('demo') }).optional(),
  expect: expectTraffic.prefault({}),
})

export const matrixCheckSchema = z.strictObject({
  kind: z.literal('matrix'),
  ...common,
  /** Every cell weighs the same; the points are shared out. */
  cells: z
    .array(
      z.strictObject({
        from: vantageSchema,
        to: targetSchema,
        expect: z.enum(['answered', 'blocked']),
      }),
    )
    .min(1),
})

export const dnsCheckSchema = z.strictObject({
  kind: z.literal('dns'),
  ...common,
  from: vantageSchema,
  question: dnsQuestionSchema,
  expect: z
    .strictObject({
      code: z.string().default('NOERROR'),
      count: z.int().optional(),
      answers: z.array(z.string()).optional(),
      maxQueries: z.int().optional(),
    })
    .prefault({}),
})

export const endpointsCheckSchema = z.strictObject({
  kind: z.literal('endpoints'),
  ...common,
  service: z.string(),
  namespace: z.string().default('demo'),
  expect: z.strictObject({
    ready: z.int().optional(),
    ports: z.array(z.int()).optional(),
    /** Selector of exactly the pods that may stand behind the Service. */
    exactlyPods: z.string().optional(),
  }),
})

export const objectCheckSchema = z.strictObject({
  kind: z.literal('object'),
  ...common,
  object: z.strictObject({
    apiVersion: z.string(),
    kind: z.string(),
    /** Left out: every object of the kind in the namespace is tried and one that fits is enough (`all: true` for all). */
    name: z.string().optional(),
    namespace: z.string().optional(),
    selector: z.string().optional(),
  }),
  all: z.boolean().default(false),
  /** Creates this object first, looks at what the API made of it, and deletes it. */
  create: z.record(z.string(), z.unknown()).optional(),
  /**
   * Path (`spec.ports[0].port`, `metadata.annotations['a.b/c']`, `spec.rules[*].host`, `status.conditions[type=Ready].status`) to
   * what is expected there. Dots inside a key are written in brackets.
   */
  expect: z.record(
    z.string(),
    z.union([
      z.strictObject({ equals: z.unknown() }),
      z.strictObject({ matches: z.string() }),
      z.strictObject({ exists: z.boolean() }),
      z.strictObject({ oneOf: z.array(z.unknown()) }),
      z.strictObject({ count: z.int() }),
      /** The object there has exactly these keys. */
      z.strictObject({ keys: z.array(z.string()) }),
      /** The network there (or in this field of the JSON text there) holds the podCIDR of every node. */
      z.strictObject({
        holdsPodCidrs: z.union([z.literal(true), z.strictObject({ jsonField: z.string() })]),
      }),
    ]),
  ),
})

export const quizCheckSchema = z.strictObject({
  kind: z.literal('quiz'),
  ...common,
  question: z.string(),
  options: z
    .array(
      z.strictObject({
        id: z.string(),
        text: z.string(),
        correct: z.boolean().default(false),
        because: z.string(),
      }),
    )
    .min(2),
})

export const checkSchema = z.discriminatedUnion('kind', [
  trafficCheckSchema,
  matrixCheckSchema,
  dnsCheckSchema,
  endpointsCheckSchema,
  objectCheckSchema,
  quizCheckSchema,
])
export type Check = z.infer<typeof checkSchema>
export type CheckKind = Check['kind']
export type CheckOf<K extends CheckKind> = Extract<Check, { kind: K }>

/** What was tried and what came back, for the learner to read and for a grader to defend. */
export const observationSchema = z.strictObject({
  /** What was done, as a command or a sentence. */
  did: z.string(),
  /** What came back, in one line. */
  found: z.string(),
  hops: z.array(hopSchema).default([]),
  /** Machine-readable observation, what `mistakes[].when` looks at. */
  data: z.record(z.string(), z.unknown()).default({}),
})
export type Observation = z.infer<typeof observationSchema>

export const checkResultSchema = z.strictObject({
  id: z.string(),
  kind: z.string(),
  title: z.string(),
  weight: z.int(),
  /** 0 to weight; between the two where a check gives partial credit. */
  points: z.number(),
  outcome: z.enum(['passed', 'partial', 'failed', 'error', 'unanswered']),
  /** One to three sentences: what was looked for, what was found, where to look next. */
  message: z.string(),
  /** The hop that broke, where the diagnosis found one. */
  failingHop: z
    .enum(['name', 'service', 'endpoints', 'kube-proxy', 'policy', 'pod-port', 'ingress', 'node', 'network'])
    .optional(),
  observations: z.array(observationSchema),
  startedAt: z.number(),
  durationMs: z.number(),
})
export type CheckResult = z.infer<typeof checkResultSchema>

/** One press of Check. */
export const attemptSchema = z.strictObject({
  id: z.string(),
  lesson: z.string(),
  startedAt: z.number(),
  durationMs: z.number(),
  points: z.number(),
  /** Sum of all weights. */
  outOf: z.number(),
  results: z.array(checkResultSchema),
})
export type Attempt = z.infer<typeof attemptSchema>

/** Answers to quiz checks, by check id, as option ids. */
export const quizAnswersSchema = z.record(z.string(), z.string())
export type QuizAnswers = z.infer<typeof quizAnswersSchema>
