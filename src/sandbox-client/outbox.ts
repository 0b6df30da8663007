// What was sent and is not known to have arrived, in order, so that a reconnect can send it again.
import type { ClientMessage } from '../../sandbox-server/contract/socket.ts'

type Request = Extract<ClientMessage, { requestId: string }>
type Input = Extract<ClientMessage, { type: 'terminal-input' }>

/**
 * Requests leave when their answer comes. Terminal input has no answer of its own: it leaves when a pong proves that
 * everything sent before its ping arrived. Input sent twice runs once, since the server knows its sequence number.
 */
export class Outbox {
  private waiting: (Request | Input)[] = []

  add(message: Request | Input): void {
    this.waiting.push(message)
  }

  /** Returns the request that the answer belongs to, and forgets it. */
  answered(requestId: string): Request | undefined {
    const found = this.waiting.find(
      (message): message is Request => message.type !== 'terminal-input' && message.requestId === requestId,
    )
    if (found !== undefined) this.waiting = this.waiting.filter((message) => message !== found)
    return found
  }

  peek(requestId: string): Request | undefined {
    return this.waiting.find(
      (message): message is Request => message.type !== 'terminal-input' && message.requestId === requestId,
    )
  }

  /** Everything up to this input sequence number arrived. */
  inputArrived(sequence: number): void {
    this.waiting = this.waiting.filter(
      (message) => message.type !== 'terminal-input' || message.sequence > sequence,
    )
  }

  unconfirmed(): readonly (Request | Input)[] {
    return this.waiting
  }
}
