// Begins to listen, or says which flag to change where the address cannot be had.
import type { Config } from '../platform/config.ts'

export class PortInUse extends Error {}

/** Throws PortInUse. */
export async function listen(start: () => Promise<unknown>, { host, port }: Config): Promise<void> {
  try {
    await start()
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'EADDRINUSE') {
      throw new PortInUse(
        `Port ${port} on ${host} is in use. Choose another one: --port ${port + 1} (0 for any free one).`,
      )
    }
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL') {
      throw new PortInUse(
        `The server cannot listen on ${host}:${port}: ${message}. Choose another --host or --port.`,
      )
    }
    throw cause
  }
}
