import { capabilities, withCapabilities } from '../protocol/capabilities.ts'
import { bearerSubprotocolPrefix, subprotocol } from '../protocol/version.ts'
import type { WebSocketConstructor, WebSocketLike } from './web-socket-like.ts'

/** What a subprotocol may consist of: a token of HTTP (RFC 6455 §4.1, RFC 9110 §5.6.2). */
const subprotocolPattern = /^[\w!#$%&'*+.^`|~-]+$/

export interface WebSocketOpening {
  url: () => string
  token: string
  webSocket: () => WebSocketConstructor
}

/** With a `fault`, in words for a person and without the token, trying again would not help: hosts refuse at once only what is wrong with the call. */
export type OpenedWebSocket = { socket: WebSocketLike } | { fault: string }

export function openWebSocket({ url, token, webSocket }: WebSocketOpening): OpenedWebSocket {
  const protocol = bearerSubprotocolPrefix + token
  if (!subprotocolPattern.test(protocol)) {
    return { fault: 'The token has characters that a WebSocket cannot carry. Use it as it was given, without spaces.' }
  }
  try {
    const Socket = webSocket()
    return { socket: new Socket(withCapabilities(url(), capabilities), [subprotocol, protocol]) }
  } catch (error) {
    return { fault: withoutSecrets(error instanceof Error ? error.message : String(error), token) }
  }
}

/** Hosts quote the address and the subprotocols that they do not like. */
function withoutSecrets(text: string, token: string): string {
  const withoutToken = token === '' ? text : text.replaceAll(token, '[redacted]')
  return withoutToken.replace(/\/\/[^/?#\s]*@/g, '//[redacted]@').replace(/\?[^\s'"]*/g, '?[redacted]')
}
