import { defaultWebSocketSettings, type WebSocketSettings } from '../websocket/websocket-settings.ts'
import { setting, whole } from './setting.ts'

const defaults = defaultWebSocketSettings
const KiB = 1024
const MiB = 1024 * KiB

const bounded = (fallback: number, [min, max]: [number, number], doc: string) =>
  setting(String(fallback), doc, whole(min, max, fallback))

/** What an operator may set of the delivery to sockets and streams. */
export const socketSettings = {
  MILLRACE_HEARTBEAT_INTERVAL_MS: bounded(
    defaults.heartbeatIntervalMs,
    [1000, 300_000],
    'Time between two pings of a socket, and longest silence on it and on a stream: below what a proxy allows.',
  ),
  MILLRACE_DEAD_AFTER_MS: bounded(
    defaults.deadAfterMs,
    [2000, 3_600_000],
    'A socket that gave no sign of life for this long is cut; at least twice the time between pings.',
  ),
  MILLRACE_CONNECTIONS: bounded(
    defaults.connectionsMax,
    [1, 1_000_000],
    'Sockets, streams and waiting requests that one process holds; more are refused with 1013, over HTTP with 429.',
  ),
  MILLRACE_CONNECTIONS_PER_USER: bounded(
    defaults.connectionsPerUserMax,
    [1, 1_000_000],
    'How many of them one user has in one process.',
  ),
  MILLRACE_CONNECTIONS_PER_LINK: bounded(
    defaults.connectionsPerLinkMax,
    [1, 1_000_000],
    'How many of them the guests of one share link have together in one process.',
  ),
  MILLRACE_CONNECTIONS_PER_ADDRESS: bounded(
    defaults.connectionsPerAddressMax,
    [1, 1_000_000],
    'How many of them come from one address to one process; an office has one.',
  ),
  MILLRACE_SUBSCRIPTIONS_PER_CONNECTION: bounded(
    defaults.subscriptionsMax,
    [1, 10_000],
    'Executions and channels that one socket follows.',
  ),
  MILLRACE_MESSAGES_PER_SECOND: bounded(
    defaults.messagesPerSecondMax,
    // Our own client sends 20 with a burst of 40; the server allows bursts of twice the rate.
    [20, 100_000],
    'Messages that one socket may send, with bursts of twice as many; beyond it closes with 4429.',
  ),
  MILLRACE_MESSAGE_BYTES: bounded(
    defaults.inboundBytesMax,
    [4 * KiB, MiB],
    'Longest message of a client; a longer one closes its socket with 1009. The web app sends 65536 at most.',
  ),
  MILLRACE_HIGH_WATER_BYTES: bounded(
    defaults.highWaterBytes,
    // One frame at least; and far less than may be unacknowledged.
    [32 * KiB, 512 * KiB],
    'Unsent bytes of one connection above which nothing more is written to it.',
  ),
  MILLRACE_RING_BYTES: bounded(
    defaults.ringBytesMax,
    [64 * KiB, 1024 * MiB],
    'Memory for the newest events of one execution or workspace that is followed; older ones are read from the database.',
  ),
  MILLRACE_RINGS_BYTES: bounded(
    defaults.ringsBytesMax,
    [MiB, 64 * 1024 * MiB],
    'The same of all of them together, in one process.',
  ),
  MILLRACE_EXPIRY_LEEWAY_MS: bounded(
    defaults.expiryLeewayMs,
    [0, 60_000],
    'How long after the expiry of its token a connection is still written to: for clocks and the way of a refresh.',
  ),
} as const

type SocketValues = { [Name in keyof typeof socketSettings]: number }

export type SocketConfig = Pick<
  WebSocketSettings,
  | 'heartbeatIntervalMs'
  | 'deadAfterMs'
  | 'connectionsMax'
  | 'connectionsPerUserMax'
  | 'connectionsPerLinkMax'
  | 'connectionsPerAddressMax'
  | 'subscriptionsMax'
  | 'messagesPerSecondMax'
  | 'inboundBytesMax'
  | 'highWaterBytes'
  | 'ringBytesMax'
  | 'ringsBytesMax'
  | 'expiryLeewayMs'
>

export function socketConfigOf(values: SocketValues): SocketConfig {
  return {
    heartbeatIntervalMs: values.MILLRACE_HEARTBEAT_INTERVAL_MS,
    deadAfterMs: values.MILLRACE_DEAD_AFTER_MS,
    connectionsMax: values.MILLRACE_CONNECTIONS,
    connectionsPerUserMax: values.MILLRACE_CONNECTIONS_PER_USER,
    connectionsPerLinkMax: values.MILLRACE_CONNECTIONS_PER_LINK,
    connectionsPerAddressMax: values.MILLRACE_CONNECTIONS_PER_ADDRESS,
    subscriptionsMax: values.MILLRACE_SUBSCRIPTIONS_PER_CONNECTION,
    messagesPerSecondMax: values.MILLRACE_MESSAGES_PER_SECOND,
    inboundBytesMax: values.MILLRACE_MESSAGE_BYTES,
    highWaterBytes: values.MILLRACE_HIGH_WATER_BYTES,
    ringBytesMax: values.MILLRACE_RING_BYTES,
    ringsBytesMax: values.MILLRACE_RINGS_BYTES,
    expiryLeewayMs: values.MILLRACE_EXPIRY_LEEWAY_MS,
  }
}

/** What is right by itself and wrong together, as words for who set it. */
export function socketConflicts(values: SocketValues): string[] {
  const faults: string[] = []
  const { MILLRACE_HEARTBEAT_INTERVAL_MS: heartbeat, MILLRACE_DEAD_AFTER_MS: deadAfter } = values
  if (deadAfter < 2 * heartbeat) {
    faults.push(
      `MILLRACE_DEAD_AFTER_MS is ${deadAfter}, less than twice MILLRACE_HEARTBEAT_INTERVAL_MS (${heartbeat}): one late answer would cut a socket. Set it to ${2 * heartbeat} or more.`,
    )
  }
  if (values.MILLRACE_RING_BYTES > values.MILLRACE_RINGS_BYTES) {
    faults.push(
      `MILLRACE_RING_BYTES is ${values.MILLRACE_RING_BYTES}, more than MILLRACE_RINGS_BYTES (${values.MILLRACE_RINGS_BYTES}), which is for all of them together.`,
    )
  }
  return faults
}
