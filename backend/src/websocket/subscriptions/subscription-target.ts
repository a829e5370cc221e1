import type { WorkflowEvent } from '@millrace/shared/events'
import type { Snapshot } from '../topics/snapshot-cache.ts'
import type { FrameView } from './frame-view.ts'
import type { SubscriptionAddress } from './topic-request.ts'

/** What a client named. `own`: its user's topic, followed by every connection without asking and without a word about it. */
export type SubscriptionTarget =
  /** `channel`: where it was named by one. */
  { kind: 'execution'; executionId: string; channel?: string } | ChannelTarget | OwnTarget

/** What a person is told, as far as it comes from workspaces that are theirs at the moment of sending. */
export interface OwnTarget extends Pick<ChannelTarget, 'accepts' | 'view'> {
  kind: 'own'
}

/** Some of a workspace's events, and what to begin with. */
export interface ChannelTarget {
  kind: 'channel'
  channel: string
  /** As the client named it. */
  address: SubscriptionAddress
  accepts: (event: WorkflowEvent) => boolean
  /** How its events are sent. */
  view: FrameView
  /** Null: it begins at its head. Rejects when the list cannot be read. */
  readSnapshot: (() => Promise<Snapshot>) | null
}
