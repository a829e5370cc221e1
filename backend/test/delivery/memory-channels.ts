import type { ChannelItem } from '@millrace/shared/protocol/channel-items'
import type { ListKind } from '@millrace/shared/protocol/channels'
import { workspaceTopic } from '../../src/events/topic-name.ts'
import type { ChannelList, ChannelReader, ListRequest } from '../../src/websocket/channel-reader.ts'
import type { MemoryLog } from './memory-log.ts'

/** Lists in memory beside a log in memory: a test says what is in them. The real reader has its own tests. */
export class MemoryChannels implements ChannelReader {
  readonly #log: MemoryLog
  /** Workspace of each workflow. */
  readonly workflows = new Map<string, string>()
  readonly items = new Map<ListKind, ChannelItem[]>()
  readonly requests: ListRequest[] = []

  constructor(log: MemoryLog) {
    this.#log = log
  }

  async workspaceOfWorkflow(workflowId: string): Promise<string | null> {
    return this.workflows.get(workflowId) ?? null
  }

  async readList(request: ListRequest): Promise<ChannelList> {
    this.requests.push(request)
    const head = await this.#log.head(workspaceTopic(request.workspaceId))
    const items = this.items.get(request.kind) ?? []
    return { seq: head?.seq ?? 0, epoch: head?.epoch ?? '', items, isComplete: true }
  }
}
