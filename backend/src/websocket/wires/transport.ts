/** The other end of a connection, as delivery sees it. routes/ws.ts makes it from a socket, tests from nothing. */
export interface Transport {
  /** Writes complete WebSocket frames, all in one go. The buffers are shared and must not be changed. */
  send(frames: readonly Buffer[]): void
  /** Sends what is written, then closes. The reason is a bare code, 123 bytes at most. May be called twice. */
  close(code: number, reason: string): void
  /** Cuts without a word: for peers that are gone. */
  terminate(): void
  /** Written but not yet taken by the kernel. */
  readonly bufferedBytes: number
  /**
   * While nothing is written it falls with whatever the kernel takes, also in the middle of one large write, of which
   * `bufferedBytes` shows only the end. Its size says nothing.
   */
  readonly progressMark?: number
  /** Called each time the unsent bytes have fallen to zero after a write that did not fit. Set once. */
  onDrain(listener: () => void): void
}
