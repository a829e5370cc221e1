/** The part of the WebSocket interface that the client uses: browsers, Node and the `ws` package all have it. */
export interface WebSocketLike {
  readonly readyState: number
  send(data: string): void
  close(code?: number, reason?: string): void
  /** `never`, because each host has its own event classes; the client reads `data`, `code` and `reason`. */
  addEventListener(type: 'message' | 'close' | 'error', listener: (event: never) => void): void
}

export type WebSocketConstructor = new (url: string, protocols?: string[]) => WebSocketLike

/** `WebSocket.OPEN` in every host. */
export const openReadyState = 1

/** The host's own class. Throws where there is none. */
export function hostWebSocket(): WebSocketConstructor {
  const { WebSocket } = globalThis as unknown as { WebSocket?: WebSocketConstructor }
  if (WebSocket === undefined) throw new Error('This host has no WebSocket; pass one in the options.')
  return WebSocket
}
