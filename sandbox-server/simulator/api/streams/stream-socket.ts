// The least that a stream protocol needs of a WebSocket, whoever made it.

export interface StreamSocket {
  /** Resolves when the bytes have left: back-pressure. Rejects once the peer is gone. */
  send(data: Uint8Array): Promise<void>
  onMessage(listener: (data: Uint8Array) => void): void
  onClose(listener: () => void): void
  close(): void
}
