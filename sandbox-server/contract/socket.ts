// Every message on a lesson page's WebSocket. One socket a page carries terminal, files, cluster events and checks.
// Frames are JSON text; the only binary frames are terminal output (see terminalFrame below).
import { z } from 'zod'
import { attemptSchema, checkResultSchema, quizAnswersSchema } from './check.ts'
import { errorCodes } from './errors.ts'
import { providerNameSchema, sandboxStateSchema } from './sandbox.ts'
import { limits, workspaceFileSchema, workspacePathSchema } from './workspace.ts'

/** Grows when a message changes in a way that an older page would not understand. */
export const socketVersion = 1

/** Chosen by the client, echoed in the answer (`done`, `error`, ...). */
const requestId = z.string().min(1).max(64)
const size = { columns: z.int().min(2).max(500), rows: z.int().min(1).max(200) }

export const clientMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('hello'),
    version: z.int(),
    /** Names the tab, stable across reconnects of the same page. */
    tab: z.string().min(1).max(64),
    /** Byte offset of terminal output already shown, for the replay; 0 for a fresh page. */
    terminalOffset: z.number().int().min(0).default(0),
    ...size,
  }),
  z.strictObject({ type: z.literal('ping'), sentAt: z.number() }),
  /** Input as text. `sequence` grows by one a message and tab, so that input repeated after a reconnect runs once. */
  z.strictObject({
    type: z.literal('terminal-input'),
    sequence: z.int(),
    data: z.string().max(limits.terminalInputBytes),
  }),
  z.strictObject({ type: z.literal('terminal-resize'), ...size }),
  /** Flow control: total bytes of terminal output that the page has rendered. */
  z.strictObject({ type: z.literal('terminal-ack'), offset: z.number().int().min(0) }),
  /** Click-to-run: runs `command` in the terminal exactly once for this requestId, also across reconnects and tabs. */
  z.strictObject({ type: z.literal('terminal-run'), requestId, command: z.string().min(1).max(4096) }),
  z.strictObject({
    type: z.literal('file-write'),
    requestId,
    path: workspacePathSchema,
    content: z.string().max(limits.fileBytes),
    /** Revision that the editor's text is based on; a newer one on the server answers CONFLICT with the newer file. */
    baseRevision: z.int(),
  }),
  z.strictObject({ type: z.literal('file-delete'), requestId, path: workspacePathSchema }),
  /** Applies the file as it is in the workspace, like kubectl apply --server-side. */
  z.strictObject({ type: z.literal('apply'), requestId, path: workspacePathSchema }),
  z.strictObject({ type: z.literal('check'), requestId, quiz: quizAnswersSchema }),
  z.strictObject({ type: z.literal('sandbox-extend'), requestId }),
  /** Start state of exercise and files; the cluster is kept where the provider can. */
  z.strictObject({ type: z.literal('sandbox-reset'), requestId }),
  /** A new cluster; files are kept. */
  z.strictObject({ type: z.literal('sandbox-restart'), requestId }),
  /** Gives up a start that is under way, or a place in the queue; files are kept. */
  z.strictObject({ type: z.literal('sandbox-cancel'), requestId }),
  /** The learner chose another kind of cluster: a new one in the start state; files are kept. */
  z.strictObject({ type: z.literal('sandbox-provider'), requestId, provider: providerNameSchema }),
])
export type ClientMessage = z.infer<typeof clientMessageSchema>

export const appliedDocumentSchema = z.strictObject({
  /** Line of the document's first key in the file, from 1. */
  line: z.int(),
  outcome: z.enum(['created', 'configured', 'unchanged', 'failed']),
  /** `service/web`, as kubectl prints it. */
  object: z.string(),
  message: z.string().optional(),
  /** Places in the file that the server's message speaks of. */
  marks: z
    .array(
      z.strictObject({
        line: z.int(),
        column: z.int(),
        endLine: z.int(),
        endColumn: z.int(),
        message: z.string(),
      }),
    )
    .default([]),
})
export type AppliedDocument = z.infer<typeof appliedDocumentSchema>

/** What the Cluster tab shows of one object; kept small, since every change of every pod crosses the socket. */
export const clusterObjectSchema = z.strictObject({
  kind: z.enum([
    'Node',
    'Pod',
    'Service',
    'EndpointSlice',
    'Ingress',
    'NetworkPolicy',
    'Deployment',
    'Event',
  ]),
  uid: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
  /** Cells to show, by column: `status`, `ready`, `node`, `ip`, `ports`, `selector`, ... */
  fields: z.record(z.string(), z.string()),
})
export type ClusterObject = z.infer<typeof clusterObjectSchema>

export const serverMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('welcome'),
    version: z.int(),
    sandbox: sandboxStateSchema,
    serverTime: z.number(),
  }),
  z.strictObject({ type: z.literal('pong'), sentAt: z.number() }),
  z.strictObject({ type: z.literal('sandbox'), sandbox: sandboxStateSchema }),
  /**
   * Terminal output before `offset` is gone or was never seen: clear the screen, the frames that follow start at
   * `offset`. `rows` and `columns` are the shared terminal's size.
   */
  z.strictObject({ type: z.literal('terminal-reset'), offset: z.number().int(), ...size }),
  /** The size of the terminal that all pages of the sandbox share: the smallest page's. Nothing is cleared. */
  z.strictObject({ type: z.literal('terminal-size'), ...size }),
  z.strictObject({ type: z.literal('terminal-ran'), requestId, exitCode: z.int() }),
  z.strictObject({ type: z.literal('files'), files: z.array(workspaceFileSchema) }),
  z.strictObject({ type: z.literal('file-changed'), file: workspaceFileSchema }),
  z.strictObject({ type: z.literal('file-deleted'), path: z.string() }),
  z.strictObject({ type: z.literal('applied'), requestId, documents: z.array(appliedDocumentSchema) }),
  /** The whole picture first (`reset`), then changes. */
  z.strictObject({
    type: z.literal('cluster'),
    reset: z.boolean(),
    changed: z.array(clusterObjectSchema),
    deleted: z.array(z.string()),
  }),
  z.strictObject({ type: z.literal('check-result'), requestId, result: checkResultSchema }),
  z.strictObject({ type: z.literal('attempt'), requestId, attempt: attemptSchema }),
  /** A request carried out, where it has no answer of its own. */
  z.strictObject({ type: z.literal('done'), requestId }),
  z.strictObject({
    type: z.literal('error'),
    /** Left out where the server could not tell which request failed. */
    requestId: requestId.optional(),
    code: z.enum(Object.keys(errorCodes) as [keyof typeof errorCodes, ...(keyof typeof errorCodes)[]]),
    message: z.string(),
    hint: z.string().optional(),
    /** Where in the message the contract was broken, as a dotted path. */
    path: z.string().optional(),
  }),
])
export type ServerMessage = z.infer<typeof serverMessageSchema>

/** Bytes of the header of a terminal frame: the offset of its first byte as a big-endian float64. */
export const terminalFrameHeaderBytes = 8

export function encodeTerminalFrame(offset: number, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(terminalFrameHeaderBytes + data.length)
  new DataView(frame.buffer).setFloat64(0, offset)
  frame.set(data, terminalFrameHeaderBytes)
  return frame
}

export function decodeTerminalFrame(frame: Uint8Array): { offset: number; data: Uint8Array } {
  const offset = new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getFloat64(0)
  return { offset, data: frame.subarray(terminalFrameHeaderBytes) }
}
