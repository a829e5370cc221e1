import { FoldedList } from '@millrace/shared/client/folded-list'
import type { WorkflowEvent } from '@millrace/shared/events'
import type { ChannelItem } from '@millrace/shared/protocol/channel-items'
import { workspaceTopic } from '../../src/events/topic-name.ts'
import type { ChannelList, ChannelReader, ListRequest } from '../../src/websocket/subscriptions/channel-reader.ts'
import type { MemoryLog } from './memory-log.ts'

/** Lists folded from a log in memory. The real reader has its own tests. */
export class MemoryChannels implements ChannelReader {
  readonly #log: MemoryLog
  /** Workspace of each workflow. */
  readonly workflows = new Map<string, string>()
  /** The same of knowledge bases. */
  readonly knowledgeBases = new Map([
    ['k1', 'ws-1'],
    ['handbook', 'ws-1'],
  ])

  constructor(log: MemoryLog) {
    this.#log = log
  }

  async workspaceOfWorkflow(workflowId: string): Promise<string | null> {
    return this.workflows.get(workflowId) ?? null
  }

  async workspaceOfKnowledgeBase(knowledgeBaseId: string): Promise<string | null> {
    return this.knowledgeBases.get(knowledgeBaseId) ?? null
  }

  async readList({ kind, workspaceId, workflowId, filters }: ListRequest): Promise<ChannelList> {
    const topic = workspaceTopic(workspaceId)
    const head = await this.#log.head(topic)
    const list = new FoldedList(kind, [])
    for (const { payload } of await this.#log.read(topic, 0, head?.seq ?? 0)) {
      list.apply(JSON.parse(payload) as WorkflowEvent)
    }
    const isAsked = (item: ChannelItem) =>
      (workflowId === null || ('workflowId' in item && item.workflowId === workflowId)) &&
      (kind !== 'approvals' || ('inputType' in item && item.inputType === 'approval'))
    const items = list.items(filters).filter(isAsked)
    return { seq: head?.seq ?? 0, epoch: head?.epoch ?? '', items, isComplete: true }
  }
}
