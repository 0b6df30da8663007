// A cluster as checks see it: the Kubernetes API and real traffic, whatever provider stands behind it.
import { z } from 'zod'

/** Where a probe leaves from. `outside` is a host on the nodes' network that is no node ($OUT in lessons). */
export const vantageSchema = z.union([
  z.strictObject({
    pod: z.string().min(1),
    namespace: z.string().default('demo'),
    container: z.string().optional(),
  }),
  z.strictObject({ node: z.string().min(1) }),
  z.literal('outside'),
])
export type Vantage = z.infer<typeof vantageSchema>

/** What a probe asks for. `host` is a name or an address, resolved at the vantage point as its own resolver does. */
export const targetSchema = z.strictObject({
  /** `https` accepts any certificate and tells which one it saw. */
  protocol: z.enum(['http', 'https', 'tcp', 'udp']).default('http'),
  host: z.string().min(1),
  port: z.int().min(1).max(65535),
  path: z.string().default('/'),
  headers: z.record(z.string(), z.string()).default({}),
  /** Name sent in the TLS handshake (SNI); left out, `host` where that is a name. */
  serverName: z.string().optional(),
  /** Milliseconds until the probe gives up. */
  timeoutMs: z.int().min(100).max(30_000).default(2_000),
})
export type Target = z.infer<typeof targetSchema>

/** One station of a packet's way. `at` is who handled it, `detail` the rule or route in its own words. */
export const hopSchema = z.strictObject({
  at: z.string(),
  kind: z.enum(['socket', 'route', 'rule', 'nat', 'policy', 'link', 'listener', 'drop', 'reject']),
  detail: z.string(),
})
export type Hop = z.infer<typeof hopSchema>

/**
 * The fate of a probe. `refused`: a reset or an ICMP port unreachable came back. `timeout`: nothing came back.
 * `unreachable`: no route, or ICMP host/net unreachable. `no-name`: the name did not resolve.
 * `broken`: the connection was made and then failed (`detail` says how).
 */
export const probeResultSchema = z.strictObject({
  outcome: z.enum(['answered', 'refused', 'timeout', 'unreachable', 'no-name', 'broken']),
  /** HTTP status where HTTP was spoken. */
  status: z.int().optional(),
  /** The body, at most 64 KiB of it. */
  body: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  /** The certificate that the server showed, where TLS was spoken. */
  certificate: z
    .strictObject({
      subject: z.string(),
      issuer: z.string(),
      names: z.array(z.string()),
      /** Epoch milliseconds. */
      notAfter: z.number(),
    })
    .optional(),
  /** Address that the vantage point's resolver gave for `host`. */
  address: z.string().optional(),
  durationMs: z.number(),
  detail: z.string().optional(),
  /** The way of the request's first packet where the provider can see it; ends where it was delivered or died. */
  hops: z.array(hopSchema).default([]),
})
export type ProbeResult = z.infer<typeof probeResultSchema>

export const dnsQuestionSchema = z.strictObject({
  name: z.string().min(1),
  type: z.enum(['A', 'AAAA', 'CNAME', 'SRV', 'PTR']).default('A'),
  /** Whether the resolver's search list completes the name, as getaddrinfo does. */
  search: z.boolean().default(true),
})
export type DnsQuestion = z.infer<typeof dnsQuestionSchema>

export const dnsAnswerSchema = z.strictObject({
  /** An RCODE by name (NOERROR, NXDOMAIN, SERVFAIL, REFUSED) or TIMEOUT. */
  code: z.string(),
  answers: z.array(z.string()),
  /** Every name and type that was asked, in order. */
  queries: z.array(z.string()),
  durationMs: z.number(),
})
export type DnsAnswer = z.infer<typeof dnsAnswerSchema>

/** The interface that checks need of a cluster. Providers implement it; the provider suite defines it. */
export interface ClusterClient {
  /**
   * The Kubernetes API as an administrator of the cluster. The URL's host is ignored.
   * Never rejects for an HTTP error: the Response carries it.
   */
  kubernetes(request: Request): Promise<Response>
  /** Sends real traffic from the vantage point's own network namespace. Rejects only where the vantage point does not exist. */
  probe(from: Vantage, to: Target, signal: AbortSignal): Promise<ProbeResult>
  resolve(from: Vantage, question: DnsQuestion, signal: AbortSignal): Promise<DnsAnswer>
}
