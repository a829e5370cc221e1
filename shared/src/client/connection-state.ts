import type { ErrorCode } from '../errors/catalogue.ts'

/**
 * idle: nothing asked for yet. connecting: an attempt is under way. live: connected, and everything
 * followed is up to date. catching-up: connected, missed events are still coming. offline: cut off, the
 * next attempt is due at `retryAt`. stopped: the server refused, or this host cannot connect at all; only `connect()`
 * tries again.
 */
export type ConnectionStatus = 'idle' | 'connecting' | 'live' | 'catching-up' | 'offline' | 'stopped'

export interface ConnectionState {
  status: ConnectionStatus
  /** Epoch milliseconds; only while offline. */
  retryAt: number | null
  /** Why the last connection ended or did not come about. */
  lastError: ConnectionError | null
}

export interface ConnectionError {
  /** An error code of the catalogue where the server named one. */
  code:
    | ErrorCode
    | 'CONNECTION_LOST'
    | 'CONNECT_TIMEOUT'
    | 'NO_TOKEN'
    | 'TOKEN_UNAVAILABLE'
    | 'SILENT_SERVER'
    | 'CANNOT_CONNECT'
  /** WebSocket close code, where there was a close. */
  closeCode: number | null
  /** Of `CANNOT_CONNECT`: what is wrong here, in words for a person. */
  message?: string
}

export const idleState: ConnectionState = { status: 'idle', retryAt: null, lastError: null }
