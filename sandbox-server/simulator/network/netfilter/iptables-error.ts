// What iptables refuses.

/** With the message that the real tool prints after `iptables v1.8.11 (nf_tables): `. */
export class IptablesError extends Error {
  readonly exitCode: number
  constructor(message: string, exitCode = 2) {
    super(message)
    this.exitCode = exitCode
  }
}
