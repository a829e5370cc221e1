import type { ExecutionSummary } from '../api/executions.ts'
import type { KnowledgeDocument } from '../api/knowledge.ts'
import type { Prompt } from '../api/prompts.ts'

/** A row of a channel's snapshot, as the HTTP lists show it. */
export type ChannelItem = ExecutionSummary | Prompt | KnowledgeDocument

/** Bounds of a snapshot: more is what pages of the HTTP API are for. */
export const channelListLimits = {
  newestRunsMax: 100,
  unfinishedRunsMax: 500,
  openPromptsMax: 500,
  unfinishedDocumentsMax: 500,
  /** Of the items as JSON; those that do not fit are left out, and the snapshot says so. */
  bytesMax: 1024 * 1024,
} as const
