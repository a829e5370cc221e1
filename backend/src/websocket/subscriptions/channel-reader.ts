import type { ChannelFilters } from '@millrace/shared/protocol/channel-filters'
import type { ChannelItem } from '@millrace/shared/protocol/channel-items'
import type { ListKind } from '@millrace/shared/protocol/channels'

/** Which list a channel begins with. */
export interface ListRequest {
  kind: ListKind
  workspaceId: string
  workflowId: string | null
  knowledgeBaseId: string | null
  filters: ChannelFilters | undefined
}

/** A list and the place in the workspace's topic that it is of. */
export interface ChannelList {
  /** 0 with an empty epoch: the topic has no events yet. */
  seq: number
  epoch: string
  items: readonly ChannelItem[]
  /** False: bounds left some out. */
  isComplete: boolean
}

/** What channels need to know beside events. Delivery hands it through without looking inside. */
export interface ChannelReader {
  /** Null: there is no such workflow. */
  workspaceOfWorkflow(workflowId: string): Promise<string | null>
  /** Null: there is no such knowledge base. */
  workspaceOfKnowledgeBase(knowledgeBaseId: string): Promise<string | null>
  /** List and place are of one moment: with the events after the place nothing is missed or told twice. */
  readList(request: ListRequest): Promise<ChannelList>
}
