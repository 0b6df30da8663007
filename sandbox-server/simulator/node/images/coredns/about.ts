// What CoreDNS tells of itself: its version, its counters, and a mark of the configuration that it runs.

export const version = '1.14.6'

/** For Prometheus: answers by `type protocol code`. */
export function metrics(requests: ReadonlyMap<string, number>): string {
  const lines = [
    "# HELP coredns_build_info A metric with a constant '1' value labeled by version, revision, and goversion from which CoreDNS was built.",
    '# TYPE coredns_build_info gauge',
    `coredns_build_info{goversion="simulated",revision="",version="${version}"} 1`,
    '# HELP coredns_dns_responses_total Counter of response status codes.',
    '# TYPE coredns_dns_responses_total counter',
  ]
  for (const [key, count] of [...requests].sort()) {
    const [type, protocol, code] = key.split(' ')
    lines.push(
      `coredns_dns_responses_total{plugin="",proto="${protocol}",rcode="${code}",server="dns://:53",type="${type}",view="",zone="."} ${count}`,
    )
  }
  return `${lines.join('\n')}\n`
}

/** Stands for the SHA512 that CoreDNS logs: it changes with the text. */
export function digest(text: string): string {
  let digits = ''
  for (let block = 0; block < 16; block++) {
    let hash = 0x811c9dc5 ^ block
    for (let index = 0; index < text.length; index++)
      hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0
    digits += hash.toString(16).padStart(8, '0')
  }
  return digits
}
