// What is kept on disk of one kind cluster: enough for a later process to find it, use it and remove it.
import { z } from 'zod'
import { accessSchema, clusterSpecSchema } from '../../contract/lesson.ts'

export const clusterRecordSchema = z.strictObject({
  /** kind's name of the cluster, and the beginning of all names of what belongs to it: `fairlead-<server>-<random>`. */
  name: z.string(),
  /** The sandbox that it belongs to; undefined while it waits for one. */
  owner: z.string().optional(),
  /** `starting` until everything is there: a record that a dead process left so is removed with all that it made. */
  phase: z.enum(['starting', 'ready', 'suspended']),
  spec: clusterSpecSchema,
  access: accessSchema,
  /** Which start state it holds, see start-state.ts; undefined for none. */
  startState: z.string().optional(),
  /** Whether somebody had a shell on a node: then no reset can tell what changed there. */
  nodesEntered: z.boolean(),
  createdAt: z.number(),
  usedAt: z.number(),
  /** Container network and its IPv4 subnet. */
  network: z.strictObject({ name: z.string(), subnet: z.string() }),
  /** Kubernetes' name of each node, the container it is, and its address on the network. The control plane first. */
  nodes: z.array(z.strictObject({ name: z.string(), container: z.string(), address: z.string() })),
  /** The learner's terminal: its container and its address on the network ($OUT in lessons). */
  toolbox: z.strictObject({ container: z.string(), address: z.string() }),
  /** The API server as this machine reaches it, and an administrator's credentials (PEM). */
  api: z
    .strictObject({ url: z.string(), authority: z.string(), certificate: z.string(), key: z.string() })
    .optional(),
  /** The learner's own credentials (PEM). */
  learner: z.strictObject({ certificate: z.string(), key: z.string() }).optional(),
  /** Port of the engine's machine by `containerPort/PROTOCOL`. */
  ports: z.record(z.string(), z.int()),
})
export type ClusterRecord = z.infer<typeof clusterRecordSchema>
