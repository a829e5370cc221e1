import { z } from 'zod'
import { Role } from '../api/auth.ts'
import type { ExecutionView } from '../engine/execution-view.ts'
import { isErrorCode } from '../errors/app-error.ts'
import { ChannelFilters } from './channel-filters.ts'
import type { ChannelItem } from './channel-items.ts'
import type { ChannelEvent } from './channels.ts'
import { commandAnswers, commandMessages } from './command-messages.ts'
import { deliveryAnswers, deliveryMessages } from './delivery-messages.ts'
import { ChannelName, Identifier } from './identifiers.ts'
import { PresenceState, PresenceViewer } from './presence.ts'

/** Bounds of the wire, for both sides. */
export const wireLimits = {
  /** Longest inbound frame; a larger one closes with 1009. */
  inboundBytesMax: 64 * 1024,
  subscriptionsMax: 100,
  /** Inbound messages per second and connection, with a burst of twice as many. */
  messagesPerSecondMax: 30,
} as const

const executionId = Identifier
const channel = ChannelName
const workspaceId = Identifier
/** Echoed in the answer, so that a client can pair them. */
const id = z.union([z.string().max(64), z.int()]).optional()

/** Client → server. */
export const clientMessages = {
  /** Follow an execution or a channel. With `since` the server replays from there, without it sends a snapshot first. */
  subscribe: z
    .object({
      type: z.literal('subscribe'),
      id,
      executionId: executionId.optional(),
      channel: channel.optional(),
      /** For channels whose name does not say it; default: the identity's first. */
      workspaceId: workspaceId.optional(),
      filters: ChannelFilters.optional(),
      since: z.int().min(0).optional(),
      epoch: z.string().max(64).optional(),
    })
    .refine(
      (message) => (message.executionId === undefined) !== (message.channel === undefined),
      'Name either executionId or channel.',
    )
    .refine(
      ({ channel: name, filters, workspaceId: place }) => name !== undefined || (filters ?? place) === undefined,
      'filters and workspaceId are for channels.',
    ),
  unsubscribe: z
    .object({
      type: z.literal('unsubscribe'),
      id,
      executionId: executionId.optional(),
      channel: channel.optional(),
      workspaceId: workspaceId.optional(),
    })
    .refine(
      (message) => (message.executionId === undefined) !== (message.channel === undefined),
      'Name either executionId or channel.',
    ),
  /** A fresh token of the same user, before the old one expires. */
  auth: z.object({ type: z.literal('auth'), id, token: z.string().min(1).max(8192) }),
  ping: z.object({ type: z.literal('ping'), id, timestamp: z.number().optional() }),
  /** As subscribe with `since`: tells again what came after it, and goes on from there. */
  replay: z.object({
    type: z.literal('replay'),
    id,
    executionId,
    since: z.int().min(0),
    epoch: z.string().max(64).optional(),
  }),
  /** What others see beside one's name, while one watches the execution; an empty object takes it back. */
  'presence:set': z.object({ type: z.literal('presence:set'), id, executionId, state: PresenceState }),
  ...deliveryMessages,
  ...commandMessages,
} as const

export type ClientMessageType = keyof typeof clientMessages
export type ClientMessageOf<Type extends ClientMessageType> = z.output<(typeof clientMessages)[Type]>
export type ClientMessage = { [Type in ClientMessageType]: ClientMessageOf<Type> }[ClientMessageType]

const stamp = { timestamp: z.number() }
const target = {
  executionId: executionId.optional(),
  channel: channel.optional(),
  workspaceId: workspaceId.optional(),
}
const position = { seq: z.int().min(0), epoch: z.string() }

/** Server → client, apart from events, which are sent as they are. */
export const serverMessages = {
  /** First frame of every connection. */
  connected: z.object({
    type: z.literal('connected'),
    ...stamp,
    connectionId: z.string(),
    message: z.string(),
    userId: z.string(),
    heartbeatIntervalMs: z.int(),
    tokenExpiresAt: z.number().nullable(),
    capabilities: z.array(z.string()),
  }),
  /** `seq` is the head of the topic at this moment; `topic` is where all numbers of this subscription count. */
  subscribed: z.object({
    type: z.literal('subscribed'),
    ...stamp,
    id,
    ...target,
    ...position,
    topic: z.string().optional(),
  }),
  unsubscribed: z.object({ type: z.literal('unsubscribed'), ...stamp, id, ...target }),
  /** Of an execution `state`, of a channel `items`, as of `seq`; events after it follow. */
  snapshot: z.object({
    type: z.literal('snapshot'),
    ...stamp,
    ...target,
    ...position,
    state: z.custom<ExecutionView>().optional(),
    items: z.array(z.custom<ChannelItem>()).optional(),
    /** There is more than `items` shows. */
    truncated: z.literal(true).optional(),
  }),
  /** Continuity is lost: drop what is held; a snapshot follows. */
  resync: z.object({ type: z.literal('resync'), ...stamp, ...target, reason: z.string() }),
  /** Everything up to `seq` has been sent; from here on it is live. */
  caught_up: z.object({ type: z.literal('caught_up'), ...stamp, ...target, seq: z.int().min(0) }),
  /** The execution is over and all its events are sent; the subscription is gone. */
  ended: z.object({ type: z.literal('ended'), ...stamp, executionId, seq: z.int().min(0) }),
  authenticated: z.object({ type: z.literal('authenticated'), ...stamp, id, tokenExpiresAt: z.number() }),
  /** The token expires soon: send `auth`. */
  token_expiring: z.object({ type: z.literal('token_expiring'), ...stamp, expiresInMs: z.int() }),
  /** A person's workspaces and roles have changed to these: what a page offers may follow. Subscriptions that ended have been told. */
  memberships: z.object({
    type: z.literal('memberships'),
    ...stamp,
    workspaces: z.array(z.object({ id: z.string(), role: Role })),
  }),
  pong: z.object({ type: z.literal('pong'), ...stamp, id }),
  heartbeat: z.object({ type: z.literal('heartbeat'), ...stamp }),
  /** Who watches an execution, or follows a workspace's channel, now. Neither numbered nor replayed. */
  'presence:update': z.object({
    type: z.literal('presence:update'),
    ...stamp,
    executionId: executionId.optional(),
    workspaceId: z.string().optional(),
    viewers: z.array(PresenceViewer),
    /** Of all, also of those that `viewers` does not name. */
    count: z.int().min(0),
  }),
  ...deliveryAnswers,
  ...commandAnswers,
  error: z.object({
    type: z.literal('error'),
    ...stamp,
    id,
    ...target,
    code: z.string().refine(isErrorCode),
    message: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
} as const

export type ServerMessageType = keyof typeof serverMessages
export type ServerMessageOf<Type extends ServerMessageType> = z.output<(typeof serverMessages)[Type]>
export type ServerMessage = { [Type in ServerMessageType]: ServerMessageOf<Type> }[ServerMessageType]

export type ServerFrame = ServerMessage | ChannelEvent

export function isServerMessageType(type: string): type is ServerMessageType {
  return Object.hasOwn(serverMessages, type)
}
