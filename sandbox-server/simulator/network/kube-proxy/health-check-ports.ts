// The HTTP answers on a Service's healthCheckNodePort: whether this node has endpoints of it, for load balancers that ask
// (pkg/proxy/healthcheck/service_health.go).
import type { Process } from '../../node/process.ts'
import { type HttpServer, serveHttp } from '../http/server.ts'
import { klog, type Log } from '../klog.ts'
import { SocketError } from '../socket.ts'
import type { ServicePort } from './service-ports.ts'

export class HealthCheckPorts {
  readonly #process: Process
  readonly #log: Log
  readonly #servers = new Map<number, HttpServer>()
  #ports: readonly ServicePort[] = []

  constructor(process: Process) {
    this.#process = process
    this.#log = klog(process)
  }

  sync(ports: readonly ServicePort[]): void {
    this.#ports = ports
    const wanted = new Set(ports.map((port) => port.healthCheckNodePort).filter((port) => port !== 0))
    for (const [port, server] of this.#servers) {
      if (wanted.has(port)) continue
      server.close()
      this.#servers.delete(port)
    }
    for (const port of wanted) {
      if (this.#servers.has(port)) continue
      try {
        this.#servers.set(port, this.#serve(port))
      } catch (error) {
        if (!(error instanceof SocketError)) throw error
        this.#log(
          'E',
          'service_health.go:195',
          `"Failed to start healthcheck" err="${error.message}" port=${port}`,
        )
      }
    }
  }

  close(): void {
    for (const server of this.#servers.values()) server.close()
    this.#servers.clear()
  }

  #serve(port: number): HttpServer {
    return serveHttp(this.#process.sockets, { port }, () => {
      const own = this.#ports.filter((one) => one.healthCheckNodePort === port)
      const addresses = new Set(
        own.flatMap((one) => one.endpoints.filter((e) => e.isLocal && e.isReady).map((e) => e.address)),
      )
      const [namespace = '', name = ''] = (own[0]?.name ?? '').replace(/:.*/, '').split('/')
      const body = {
        service: { namespace, name },
        localEndpoints: addresses.size,
        serviceProxyHealthy: true,
      }
      const status = addresses.size > 0 ? 200 : 503
      return {
        status,
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body, null, '\t'),
      }
    })
  }
}
