import { AppError } from '@millrace/shared/errors/app-error'
import { acceptsEvent } from '@millrace/shared/protocol/channel-filters'
import { type Channel, parseChannel } from '@millrace/shared/protocol/channels'
import { executionTopic, workspaceTopic } from '../../events/topic-name.ts'
import type { Identity } from '../identity.ts'
import type { ChannelReader } from './channel-reader.ts'
import { frameViewOf } from './frame-view.ts'
import { ListSnapshots } from './list-snapshots.ts'
import type { SubscriptionTarget } from './subscription-target.ts'
import { channelAddressOf, type TopicRequest } from './topic-request.ts'

/** A topic that somebody may read, if it is of one of their workspaces: that is compared when it is open. */
export interface AuthorizedTopic {
  topic: string
  target: SubscriptionTarget
  /** Workspace of a topic that has no events yet; null where a topic without events does not exist. */
  workspaceIdWhenAbsent: string | null
}

/** Null: there is no such thing, or none for this identity; callers answer both alike. */
export type AuthorizeTopic = (identity: Identity, request: TopicRequest) => Promise<AuthorizedTopic | null>

/**
 * Every role may watch; an API key needs the scope `read`, and a share link shows its one execution. Without a
 * reader channels begin at their heads, and workflows and knowledge bases are unknown.
 */
export function createAuthorizeTopic(reader: ChannelReader | null): AuthorizeTopic {
  const lists = reader === null ? null : new ListSnapshots(reader)
  return async (identity, request) => {
    if (identity.kind === 'apiKey' && identity.scopes?.includes('read') !== true) return null
    if ('executionId' in request) return authorizeExecution(identity, request.executionId)
    const channel = parseChannel(request.channel)
    if (channel === null) return null
    if (channel.topic === 'execution') {
      if (channel.id === null) return null
      if (request.filters !== undefined)
        throw new AppError('INVALID_INPUT', { problems: ['filters: A run is told whole.'] })
      return authorizeExecution(identity, channel.id, request.channel)
    }
    if (identity.kind === 'share') return null
    const workspaceId = await workspaceIdOf(channel, request.workspaceId ?? identity.workspaces[0]?.id, reader)
    if (!identity.workspaces.some(({ id }) => id === workspaceId) || workspaceId === undefined) return null
    return {
      topic: workspaceTopic(workspaceId),
      target: channelTarget(channel, { ...request, workspaceId }, { request, lists }),
      workspaceIdWhenAbsent: workspaceId,
    }
  }
}

function authorizeExecution(identity: Identity, executionId: string, channel?: string): AuthorizedTopic | null {
  if (identity.kind === 'share' && executionId !== identity.executionId) return null
  return {
    topic: executionTopic(executionId),
    target: { kind: 'execution', executionId, ...(channel === undefined ? {} : { channel }) },
    workspaceIdWhenAbsent: null,
  }
}

/** Undefined: none. */
async function workspaceIdOf(
  { pattern, id }: Channel,
  asked: string | undefined,
  reader: ChannelReader | null,
): Promise<string | undefined> {
  if (pattern === 'workspaces:{id}') return id ?? undefined
  if (pattern === 'workflows:{id}') return (await reader?.workspaceOfWorkflow(id ?? '')) ?? undefined
  if (pattern === 'kb:{id}') {
    // Read each time: another process may have made it a moment ago.
    const known = await reader?.workspaceOfKnowledgeBase(id ?? '')
    return known === asked ? asked : undefined
  }
  return asked
}

type ChannelRequest = Extract<TopicRequest, { channel: string }>

function channelTarget(
  channel: Channel,
  { workspaceId, filters }: ChannelRequest & { workspaceId: string },
  { request, lists }: { request: ChannelRequest; lists: ListSnapshots | null },
): SubscriptionTarget {
  const { pattern, id, list, view } = channel
  const address = channelAddressOf(request)
  const listRequest = {
    workspaceId,
    workflowId: pattern === 'workflows:{id}' ? id : null,
    knowledgeBaseId: pattern === 'kb:{id}' ? id : null,
    filters,
  }
  return {
    kind: 'channel',
    channel: request.channel,
    address,
    accepts: (event) => channel.accepts(event) && acceptsEvent(filters, event),
    view: frameViewOf(address, view),
    readSnapshot: list === null || lists === null ? null : () => lists.read({ kind: list, ...listRequest }, address),
  }
}
