// curl's failures. Source: curl 7.88.1, lib/strerror.c and the failf() calls of lib/.

export class CurlError extends Error {
  readonly exitCode: number
  constructor(exitCode: number, message: string) {
    super(message)
    this.name = 'CurlError'
    this.exitCode = exitCode
  }
}
