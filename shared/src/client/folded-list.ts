import type { ExecutionSummary } from '../api/executions.ts'
import type { KnowledgeDocument } from '../api/knowledge.ts'
import type { Prompt } from '../api/prompts.ts'
import { type ExecutionStatus, isFinished } from '../engine/execution-view.ts'
import { type ChannelFilters, fits } from '../protocol/channel-filters.ts'
import type { ChannelItem } from '../protocol/channel-items.ts'
import type { ChannelEvent, ListKind } from '../protocol/channels.ts'
import { applyToDocument } from './document-row.ts'
import { applyToRow, executionRowOf } from './execution-row.ts'
import { promptRowOf, remindedRow } from './prompt-row.ts'

/** Rows kept: what a snapshot has at most, and as much again that began since. */
const rowsMax = 1200

/** After these a question is open no more. What only a newer server says of one changes nothing. */
const closings: ReadonlySet<string> = new Set([
  'user:input:received',
  'user:input:expired',
  'user:input:withdrawn',
  'approval:granted',
  'approval:denied',
  'approval:expired',
])

const askingStatus: readonly ExecutionStatus[] = ['waiting']

/**
 * A channel's list carried on from its snapshot by the events after it: what the server would answer to whoever
 * asked now, apart from bounds.
 */
export class FoldedList {
  readonly #kind: ListKind
  readonly #rows: Map<string, ChannelItem>
  /** False: an event was about a row that the list does not have and cannot make. */
  isWhole = true

  constructor(kind: ListKind, items: readonly ChannelItem[]) {
    this.#kind = kind
    // Oldest first, as those that begin later are added.
    this.#rows = new Map(items.toReversed().map((item) => [idOf(item), item]))
  }

  /** Rows that a filter lets through, newest first. */
  items(filters: ChannelFilters | undefined): ChannelItem[] {
    const rows = [...this.#rows.values()]
    const wanted = filters === undefined ? rows : rows.filter((item) => fits(filters, filterableOf(item)))
    return wanted.toSorted((a, b) => beginOf(b) - beginOf(a) || (idOf(a) < idOf(b) ? 1 : -1))
  }

  /** True: something has changed. */
  apply(event: ChannelEvent): boolean {
    switch (this.#kind) {
      case 'executions':
        return this.#applyToRun(event)
      case 'prompts':
      case 'approvals':
        return this.#applyToQuestion(event)
      case 'documents':
        return this.#applyToDocument(event)
    }
  }

  #applyToRun(event: ChannelEvent): boolean {
    if (event.type === 'execution:created') return this.#add(executionRowOf(event))
    if (!('executionId' in event)) return false
    const row = this.#rows.get(event.executionId) as ExecutionSummary | undefined
    // Beyond the bounds of the snapshot there may be runs that it did not show.
    if (row === undefined) return false
    return this.#replace(row, applyToRow(row, event))
  }

  #applyToQuestion(event: ChannelEvent): boolean {
    if (event.type === 'user:input:required' || event.type === 'approval:required') return this.#add(promptRowOf(event))
    if (event.type === 'user:input:reminder' || event.type === 'approval:reminder') {
      const row = this.#rows.get(event.requestId) as Prompt | undefined
      return row !== undefined && this.#replace(row, remindedRow(row, event))
    }
    return 'requestId' in event && closings.has(event.type) && this.#rows.delete(event.requestId)
  }

  #applyToDocument(event: ChannelEvent): boolean {
    if (!('documentId' in event)) return false
    if (event.type !== 'kb:document:processing') return this.#rows.delete(event.documentId)
    const row = this.#rows.get(event.documentId) as KnowledgeDocument | undefined
    if (row !== undefined) return this.#replace(row, applyToDocument(row, event))
    // Its size and kind are not in the event.
    this.isWhole = false
    return false
  }

  #replace(row: ChannelItem, next: ChannelItem): boolean {
    if (next === row) return false
    this.#rows.set(idOf(next), next)
    return true
  }

  #add(item: ChannelItem): boolean {
    if (this.#rows.has(idOf(item))) return false
    this.#rows.set(idOf(item), item)
    if (this.#rows.size > rowsMax) {
      const [oldest] = [...this.#rows.values()].filter((row) => !('totalNodes' in row) || isFinished(row.status))
      if (oldest !== undefined) this.#rows.delete(idOf(oldest))
    }
    return true
  }
}

function idOf(item: ChannelItem): string {
  if ('requestId' in item) return item.requestId
  return 'documentId' in item ? item.documentId : item.executionId
}

function beginOf(item: ChannelItem): number {
  return 'requestedAt' in item ? item.requestedAt : item.createdAt
}

function filterableOf(item: ChannelItem) {
  if ('documentId' in item) return { statuses: [] }
  const { workflowId, executionId } = item
  return { workflowId, executionId, statuses: isPrompt(item) ? askingStatus : [item.status] }
}

function isPrompt(item: ExecutionSummary | Prompt): item is Prompt {
  return 'requestId' in item
}
