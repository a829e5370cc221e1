/**
 * Close codes of the socket. The class of the code decides what a client does, so that a new code
 * needs no new client. The reason is the bare error code (RFC 6455 allows 123 bytes).
 */
export const closeCodes = {
  normal: 1000,
  /** The server leaves: reconnect after a random part of a few seconds. */
  leaving: 1001,
  /** Not authenticated: stop, sign in again. */
  policy: 1008,
  tooBig: 1009,
  /** Cannot keep up or too many connections: back off, then resume. */
  tryLater: 1013,
  /** 44xx mirror HTTP. */
  badMessage: 4400,
  tokenExpired: 4401,
  forbidden: 4403,
  rateLimited: 4429,
  internal: 4500,
} as const

export type CloseReaction = 'reconnect' | 'refresh' | 'backOff' | 'stop'

/** What a client does after a close. Unknown codes reconnect: a cut network has code 1006. */
export function reactionTo(code: number): CloseReaction {
  if (code === closeCodes.tokenExpired) return 'refresh'
  if (code === closeCodes.tryLater || code === closeCodes.rateLimited) return 'backOff'
  if (code === closeCodes.policy || code === closeCodes.tooBig || (code >= 4400 && code < 4500)) return 'stop'
  return 'reconnect'
}
