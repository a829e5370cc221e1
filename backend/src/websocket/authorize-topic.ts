import { parseChannel } from '@millrace/shared/protocol/channels'
import { executionTopic, workspaceTopic } from '../events/topic-name.ts'
import type { Identity } from './identity.ts'
import type { SubscriptionTarget } from './subscription.ts'

export type TopicRequest = { executionId: string } | { channel: string }

/** A topic that somebody may read, if it is of one of their workspaces: that is compared when it is open. */
export interface AuthorizedTopic {
  topic: string
  target: SubscriptionTarget
  /** Workspace of a topic that has no events yet; null where a topic without events does not exist. */
  workspaceIdWhenAbsent: string | null
}

/** Null: there is no such thing, or none for this identity; callers answer both alike. */
export type AuthorizeTopic = (identity: Identity, request: TopicRequest) => Promise<AuthorizedTopic | null>

/** Every role may watch; an API key needs the scope `read`, and a share link shows its one execution. */
export const authorizeTopic: AuthorizeTopic = async (identity, request) => {
  const [workspace] = identity.workspaces
  if (workspace === undefined || (identity.kind === 'apiKey' && identity.scopes?.includes('read') !== true)) return null
  if ('executionId' in request) {
    const { executionId } = request
    if (identity.kind === 'share' && executionId !== identity.executionId) return null
    return {
      topic: executionTopic(executionId),
      target: { kind: 'execution', executionId },
      workspaceIdWhenAbsent: null,
    }
  }
  if (identity.kind === 'share') return null
  const channel = parseChannel(request.channel)
  if (channel === null || channel.topic !== 'workspace') return null
  return {
    topic: workspaceTopic(workspace.id),
    target: { kind: 'channel', channel: request.channel, accepts: channel.accepts },
    workspaceIdWhenAbsent: workspace.id,
  }
}
