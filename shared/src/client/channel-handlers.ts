import type { ErrorBody } from '../errors/app-error.ts'
import type { ChannelFilters } from '../protocol/channel-filters.ts'
import type { ChannelItem } from '../protocol/channel-items.ts'
import type { ChannelEvent } from '../protocol/channels.ts'
import type { ExecutionHandlers } from './followed-execution.ts'

/** What of a channel is wanted, and of which workspace where its name does not say it. */
export interface ChannelOptions {
  filters?: ChannelFilters | undefined
  workspaceId?: string | undefined
}

export interface ChannelHandlers {
  /** Each event once and in order, from the moment of following; those inside a snapshot are not repeated. */
  onEvent?(event: ChannelEvent): void
  /** The server's list; events after it follow. Again when continuity is lost: it takes the place of what is held. */
  onSnapshot?(items: readonly ChannelItem[]): void
  /** The list as it is now: soon after each change, never more often than a screen is drawn. Only rows that `filters` lets through. */
  onItems?(items: readonly ChannelItem[]): void
  /** After each subscribe and resubscribe, when the tail is live: what is fetched now misses nothing. */
  onLive?(): void
  onError?(error: ErrorBody): void
}

export interface FollowedAddress {
  name: string
  workspaceId: string | undefined
}

/** Name of a subscription among others: the channel, and the workspace where one was named. */
export function channelAddress({ channel = '', workspaceId = '' }: SubscriptionName): string {
  return `${channel}@${workspaceId}`
}

interface SubscriptionName {
  channel?: string | undefined
  workspaceId?: string | undefined
}

/** For a run that is addressed by a channel's name. */
export function asExecutionHandlers({ onEvent, onLive, onError }: ChannelHandlers): ExecutionHandlers {
  return {
    ...(onEvent === undefined ? {} : { onEvent }),
    ...(onLive === undefined ? {} : { onCaughtUp: () => onLive() }),
    ...(onError === undefined ? {} : { onError }),
  }
}
