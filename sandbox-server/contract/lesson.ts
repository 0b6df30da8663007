// What a lesson's folder holds: the front matter of lesson.mdx, exercise.yaml and chapter.yaml.
import { z } from 'zod'
import { checkSchema } from './check.ts'

export const chapterSchema = z.strictObject({
  title: z.string(),
  /** One sentence for the start page. */
  promise: z.string(),
})
export type Chapter = z.infer<typeof chapterSchema>

export const lessonSchema = z.strictObject({
  title: z.string(),
  /** The promise or question, shown under the title and on the start page. */
  question: z.string(),
  minutes: z.int().min(1).max(90),
  /** Slugs of lessons that come first. */
  needs: z.array(z.string()).default([]),
  /** "After it you ...": what the learner can do afterwards. */
  after: z.string(),
})
export type Lesson = z.infer<typeof lessonSchema>

export const clusterSpecSchema = z.strictObject({
  nodes: z.int().min(1).max(5).default(3),
  cni: z.enum(['kindnet', 'flannel', 'calico', 'cilium', 'none']).default('kindnet'),
  kubeProxy: z.enum(['iptables', 'nftables', 'ipvs', 'none']).default('iptables'),
  /** The Ingress controller that runs before the learner arrives; lessons that install one themselves leave it out. */
  ingress: z.enum(['none', 'traefik']).default('none'),
  /** What gives Services of type LoadBalancer an address. */
  loadBalancer: z.enum(['none', 'metallb']).default('none'),
  ipFamily: z.enum(['ipv4', 'dual']).default('ipv4'),
  /** Ports of the control-plane node that the machine of the server listens on, at a free port of its own. */
  portMappings: z
    .array(
      z.strictObject({
        containerPort: z.int().min(1).max(65535),
        protocol: z.enum(['TCP', 'UDP']).default('TCP'),
      }),
    )
    .default([]),
  featureGates: z.record(z.string(), z.boolean()).default({}),
})
export type ClusterSpec = z.infer<typeof clusterSpecSchema>

/** What the learner may do on their cluster. A simulated cluster has no walls: there is nothing behind them. */
export const accessSchema = z.strictObject({
  /** Everything that the API can do; otherwise what docs/threat-model.md lists. */
  clusterAdmin: z.boolean().default(false),
  /** Pod Security Standard of the namespaces that the learner may write to. */
  podSecurity: z.enum(['privileged', 'baseline', 'restricted']).default('baseline'),
  /** `docker exec NODE` in the terminal: root on the node, and with kind root on a privileged container of the server's machine. */
  nodeShell: z.boolean().default(false),
})
export type Access = z.infer<typeof accessSchema>

export const exerciseSchema = z
  .strictObject({
    /** The task in one sentence. */
    task: z.string(),
    cluster: clusterSpecSchema.prefault({}),
    access: accessSchema.prefault({}),
    /** The one provider that this exercise can be done on; left out where all will do. */
    provider: z.enum(['simulated', 'kind']).optional(),
    /** The namespace that kubectl and the checks use. */
    namespace: z.string().default('demo'),
    /** Files of start/ that are applied to the cluster before the learner arrives, in order. */
    applied: z.array(z.string()).default([]),
    /** Files of start/ that the learner finds in the workspace, opened in this order. */
    files: z.array(z.string()).default([]),
    /**
     * What must be ready before the learner is let in: `pod/client`, `deployment/web`, or in another namespace
     * `traefik/deployment/traefik`.
     */
    waitFor: z.array(z.string()).default([]),
    hints: z.array(z.string()).max(3).default([]),
    /** Something to try after full marks. */
    breakIt: z.string().optional(),
    checks: z.array(checkSchema).min(1),
  })
  .refine((exercise) => exercise.checks.reduce((sum, check) => sum + check.weight, 0) === 100, {
    message: 'the weights of all checks must sum to 100',
    path: ['checks'],
  })
  .refine((exercise) => new Set(exercise.checks.map((check) => check.id)).size === exercise.checks.length, {
    message: 'two checks have the same id',
    path: ['checks'],
  })
export type Exercise = z.infer<typeof exerciseSchema>

/** wrong/<name>/wrong.yaml: what this wrong answer must earn. Beside it lie the files that replace the solution's. */
export const wrongAnswerSchema = z.strictObject({
  /** What the learner believes. */
  belief: z.string(),
  /** Files of the solution that are not applied. */
  without: z.array(z.string()).default([]),
  /** kubectl commands to run after the files were applied, as the learner would type them. */
  commands: z.array(z.string()).default([]),
  /** Quiz answers that differ from the right ones, which a proof gives otherwise. */
  quiz: z.record(z.string(), z.string()).default({}),
  points: z.int().min(0).max(99),
  /** Check id to a text that its message must contain. */
  messages: z.record(z.string(), z.string()),
})
export type WrongAnswer = z.infer<typeof wrongAnswerSchema>
