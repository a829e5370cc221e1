import { wireLimits } from '@millrace/shared/protocol/messages'

/** Everything that bounds or times the delivery to sockets. Units last. */
export interface WebSocketSettings {
  /** Time between pings, and after which silence is broken by a `heartbeat`: most proxies cut idle connections after 60 s or more. */
  heartbeatIntervalMs: number
  /** A peer not heard of for this long is gone: two pings and some. */
  deadAfterMs: number
  /** Above this many unsent bytes nothing more is written; the cursor waits. */
  highWaterBytes: number
  /** Blocked for this long while the kernel took nothing: closed, the client resumes elsewhere or later. */
  hopelessAfterMs: number
  /**
   * Who acknowledges, and for so long nothing while so much is unacknowledged, is closed: a proxy or a frozen page takes the bytes and
   * nobody reads them. Far above what is under way on any network, and a client acknowledges once a second.
   */
  unackedBytesMax: number
  unackedMsMax: number
  /** A request that waits for news is answered after this long at the latest: below the 30 s of common proxies. */
  longPollMs: number
  /** After a token's expiry, for clocks and the way of a refresh. */
  expiryLeewayMs: number
  /** A `token_expiring` is sent this long before. */
  expiryNoticeMs: number
  connectionsPerUserMax: number
  /** Guests of one share link: an audience, hence more than one user needs, and less than would crowd others out. */
  connectionsPerLinkMax: number
  /** Offices share addresses, hence far more than one user needs. */
  connectionsPerAddressMax: number
  connectionsMax: number
  subscriptionsMax: number
  messagesPerSecondMax: number
  /** Longest inbound message; a longer one closes with 1009. */
  inboundBytesMax: number
  /** Malformed messages until the connection is closed: a person at a prompt may mistype, a broken client must not go on. */
  faultsMax: number
  /** Bytes of frames that one topic keeps in memory. */
  ringBytesMax: number
  /** Bytes of all rings together. */
  ringsBytesMax: number
  /** A ring that nobody reads stays for returning clients this long. */
  ringLingerMs: number
  /** Events that a page from the log has at most, and how many pages may be read at the same time. */
  pageEventsMax: number
  pageBytesMax: number
  pagesAtOnceMax: number
  /** How far back a channel is replayed: lists are fetched anew by then. */
  channelReplayEventsMax: number
  /** Folded states kept for the next viewer. */
  snapshotsMax: number
  snapshotsBytesMax: number
  /** How often the one timer looks at everything that has a time. */
  sweepIntervalMs: number
}

export const defaultWebSocketSettings: WebSocketSettings = {
  heartbeatIntervalMs: 25_000,
  deadAfterMs: 60_000,
  highWaterBytes: 64 * 1024,
  hopelessAfterMs: 15_000,
  unackedBytesMax: 1024 * 1024,
  unackedMsMax: 30_000,
  longPollMs: 20_000,
  expiryLeewayMs: 5000,
  expiryNoticeMs: 60_000,
  connectionsPerUserMax: 20,
  connectionsPerLinkMax: 100,
  connectionsPerAddressMax: 200,
  connectionsMax: 10_000,
  subscriptionsMax: wireLimits.subscriptionsMax,
  messagesPerSecondMax: wireLimits.messagesPerSecondMax,
  inboundBytesMax: wireLimits.inboundBytesMax,
  faultsMax: 10,
  ringBytesMax: 1024 * 1024,
  ringsBytesMax: 64 * 1024 * 1024,
  ringLingerMs: 30_000,
  pageEventsMax: 200,
  pageBytesMax: 256 * 1024,
  pagesAtOnceMax: 8,
  channelReplayEventsMax: 1000,
  snapshotsMax: 64,
  snapshotsBytesMax: 64 * 1024 * 1024,
  sweepIntervalMs: 1000,
}
