import { toErrorBody } from '@millrace/shared/errors/app-error'
import type { ChannelFilters } from '@millrace/shared/protocol/channel-filters'
import { parseChannel } from '@millrace/shared/protocol/channels'

/** What a client asks to follow. */
export type TopicRequest =
  | { executionId: string }
  | { channel: string; workspaceId?: string | undefined; filters?: ChannelFilters | undefined }

/** As the client named it, for messages about it. */
export type SubscriptionAddress =
  | { executionId: string; channel?: string }
  | { channel: string; workspaceId?: string }
  | Record<string, never>

interface NamedRequest {
  executionId?: string | undefined
  channel?: string | undefined
  workspaceId?: string | undefined
  filters?: ChannelFilters | undefined
}

export function requestOf({ executionId, channel, workspaceId, filters }: NamedRequest): TopicRequest {
  return executionId === undefined ? { channel: channel ?? '', workspaceId, filters } : { executionId }
}

export function addressOf(request: TopicRequest): SubscriptionAddress {
  return 'executionId' in request ? { executionId: request.executionId } : channelAddressOf(request)
}

/** A channel as it was named: with a workspace only where one was. */
export function channelAddressOf({ channel, workspaceId }: { channel: string; workspaceId?: string | undefined }): {
  channel: string
  workspaceId?: string
} {
  return { channel, ...(workspaceId === undefined ? {} : { workspaceId }) }
}

/**
 * One subscription per execution, however it was named, and one per name of a channel with the workspace that was
 * named beside it: clients tell them apart by the same, and need not know which workspace is meant where none is.
 */
export function subscriptionKey(request: TopicRequest): string {
  if ('executionId' in request) return `execution:${request.executionId}`
  const { channel: name, workspaceId } = request
  const channel = parseChannel(name)
  return channel?.topic === 'execution' ? `execution:${channel.id}` : `channel:${name}@${workspaceId ?? ''}`
}

/** Errors of a subscription name it, so that a client can tell which one failed. */
export function errorMessageOf(
  error: unknown,
  message: { id?: string | number | undefined },
  request: TopicRequest | null,
) {
  const body = toErrorBody(error)
  return {
    type: 'error' as const,
    timestamp: Date.now(),
    ...(message.id === undefined ? {} : { id: message.id }),
    ...(request === null ? {} : addressOf(request)),
    ...body,
  }
}
