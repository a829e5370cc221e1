import { closeCodes } from '@millrace/shared/protocol/close-codes'
import { pingFrame } from '../frames/text-frame.ts'
import type { WebSocketSettings } from '../websocket-settings.ts'
import type { Connection } from './connection.ts'
import { lostCode } from './connection-ends.ts'

/** Longest time that a connection may take to say goodbye before it is cut, milliseconds. */
const drainingMsMax = 5000

/** A reader that is merely slow drains sooner; one that is paused keeps nothing here but its cursors, milliseconds. */
const pausedAfterMs = 1000

/**
 * Everything about a connection that has a time, looked at once per sweep: one timer serves all connections,
 * and deadlines are late by a sweep at most.
 */
export function checkDeadlines(connection: Connection, settings: WebSocketSettings, now: number): void {
  if (connection.state === 'draining') {
    if (connection.drainingSince !== null && now - connection.drainingSince > drainingMsMax) {
      connection.transport.terminate()
    }
    return
  }
  if (connection.state !== 'live') return
  // Who cannot answer is known to be gone when the network says so.
  if (connection.wire.isTwoWay && now - connection.seenAt >= settings.deadAfterMs) {
    // Nobody is there to hear a goodbye.
    connection.ending = { code: lostCode, reason: 'SILENT' }
    connection.transport.terminate()
    return
  }
  if (connection.isExpired(now)) {
    connection.close(closeCodes.tokenExpired, 'TOKEN_EXPIRED')
    return
  }
  if (isUnheard(connection, settings, now)) {
    connection.close(closeCodes.tryLater, 'SLOW_CONSUMER')
    return
  }
  if (connection.blockedSince !== null) {
    if (connection.transport.bufferedBytes === 0) connection.unblock()
    else if (connection.noteProgress(now)) return
    else if (now - connection.blockedSince >= settings.hopelessAfterMs)
      connection.close(closeCodes.tryLater, 'SLOW_CONSUMER')
    else if (now - connection.blockedSince >= pausedAfterMs) connection.held.releasePages()
    return
  }
  noticeExpiry(connection, settings, now)
  if (connection.wire.isTwoWay && now - connection.pingedAt >= settings.heartbeatIntervalMs) {
    connection.pingedAt = now
    connection.sendControl(pingFrame)
  }
  // Browsers do not show pings to scripts; a client's watchdog needs a message.
  if (now - connection.wroteAt >= settings.heartbeatIntervalMs) {
    connection.send({ type: 'heartbeat', timestamp: now })
  }
}

/**
 * What it acknowledges stays far behind what is written, while the network between takes everything. Each
 * acknowledgement that is news lets the time begin anew.
 */
function isUnheard(connection: Connection, settings: WebSocketSettings, now: number): boolean {
  if (connection.held.unackedBytes <= settings.unackedBytesMax) {
    connection.unackedSince = null
    return false
  }
  connection.unackedSince ??= now
  return now - connection.unackedSince >= settings.unackedMsMax
}

function noticeExpiry(connection: Connection, settings: WebSocketSettings, now: number): void {
  const { expiresAt } = connection.identity
  if (expiresAt === null || connection.noticedExpiry === expiresAt) return
  const expiresInMs = Math.max(0, expiresAt - now)
  if (expiresInMs > settings.expiryNoticeMs) return
  connection.noticedExpiry = expiresAt
  connection.send({ type: 'token_expiring', timestamp: now, expiresInMs })
}
