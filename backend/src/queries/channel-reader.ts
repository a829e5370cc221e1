import { type ExecutionStatus, executionStatuses, isFinished } from '@millrace/shared/engine/execution-view'
import { fits } from '@millrace/shared/protocol/channel-filters'
import { type ChannelItem, channelListLimits } from '@millrace/shared/protocol/channel-items'
import { workspaceTopic } from '../events/topic-name.ts'
import { toKnowledgeDocument } from '../knowledge/present-knowledge.ts'
import {
  type ChannelRowFilter,
  findTopicPlace,
  findWorkspaceOfKnowledgeBase,
  findWorkspaceOfWorkflow,
  listExecutionRows,
  listOpenPromptRows,
  listUnfinishedDocumentRows,
} from '../repositories/channel-rows.ts'
import type { Database, Tx } from '../repositories/database.ts'
import type { ChannelList, ChannelReader, ListRequest } from '../websocket/subscriptions/channel-reader.ts'
import { toPrompt } from './present-prompt.ts'
import { toExecutionSummary } from './present-summary.ts'

const { newestRunsMax, unfinishedRunsMax, openPromptsMax, unfinishedDocumentsMax, bytesMax } = channelListLimits

/** Status of the run behind an open question, as its event says. */
const askingStatus: readonly ExecutionStatus[] = ['waiting']

/** Reads what list channels begin with, from one snapshot of the database together with the topic's head. */
export function createChannelReader({ orm }: Pick<Database, 'orm'>): ChannelReader {
  return {
    workspaceOfWorkflow: (workflowId) => findWorkspaceOfWorkflow(orm, workflowId),
    workspaceOfKnowledgeBase: (knowledgeBaseId) => findWorkspaceOfKnowledgeBase(orm, knowledgeBaseId),
    readList: (request) =>
      orm.transaction(
        async (tx) => {
          const place = await findTopicPlace(tx, workspaceTopic(request.workspaceId))
          const { items, isComplete } = await readItems(tx, request)
          return { ...place, ...withinBytes(items, isComplete) }
        },
        { isolationLevel: 'repeatable read', accessMode: 'read only' },
      ),
  }
}

type Items = Pick<ChannelList, 'isComplete'> & { items: ChannelItem[] }

async function readItems(tx: Tx, request: ListRequest): Promise<Items> {
  switch (request.kind) {
    case 'executions':
      return readRuns(tx, request)
    case 'prompts':
    case 'approvals':
      return readQuestions(tx, request)
    case 'documents':
      return readDocuments(tx, request)
  }
}

/** The newest runs, then the unfinished ones that are older; newest first. */
async function readRuns(tx: Tx, request: ListRequest): Promise<Items> {
  const filter = rowFilterOf(request)
  const wanted = request.filters?.statuses
  const unfinished = (wanted ?? executionStatuses).filter((status) => !isFinished(status))
  const newest = await listExecutionRows(tx, { ...filter, statuses: wanted, limit: newestRunsMax })
  const open =
    newest.length < newestRunsMax || unfinished.length === 0
      ? []
      : await listExecutionRows(tx, { ...filter, statuses: unfinished, limit: unfinishedRunsMax + 1 })
  const known = new Set(newest.map(({ id }) => id))
  const older = open.slice(0, unfinishedRunsMax).filter(({ id }) => !known.has(id))
  return { items: [...newest, ...older].map(toExecutionSummary), isComplete: open.length <= unfinishedRunsMax }
}

async function readQuestions(tx: Tx, request: ListRequest): Promise<Items> {
  const { filters } = request
  if (filters !== undefined && !fits({ statuses: filters.statuses }, { statuses: askingStatus })) return none
  const rows = await listOpenPromptRows(tx, {
    ...rowFilterOf(request),
    inputType: request.kind === 'approvals' ? 'approval' : undefined,
    limit: openPromptsMax + 1,
  })
  const items = rows.slice(0, openPromptsMax).map(toPrompt)
  return { items, isComplete: rows.length <= openPromptsMax }
}

async function readDocuments(tx: Tx, { workspaceId, knowledgeBaseId, filters }: ListRequest): Promise<Items> {
  // A document has no workflow, run or status of a run: it fits no filter that asks for one.
  if (filters !== undefined && !fits(filters, { statuses: [] })) return none
  const limit = unfinishedDocumentsMax + 1
  const rows = await listUnfinishedDocumentRows(tx, { workspaceId, knowledgeBaseId, limit })
  const items = rows.slice(0, unfinishedDocumentsMax).map(toKnowledgeDocument)
  return { items, isComplete: rows.length <= unfinishedDocumentsMax }
}

const none: Items = { items: [], isComplete: true }

function rowFilterOf({ workspaceId, workflowId, filters }: ListRequest): Omit<ChannelRowFilter, 'limit'> {
  const asked = filters?.workflow_ids
  const ofChannel = asked === undefined || asked.includes(workflowId ?? '') ? [workflowId ?? ''] : []
  return { workspaceId, workflowIds: workflowId === null ? asked : ofChannel, executionIds: filters?.execution_ids }
}

/** As many items as fit, from the first. */
function withinBytes(items: readonly ChannelItem[], isComplete: boolean): Pick<ChannelList, 'items' | 'isComplete'> {
  let bytes = 0
  const fitting = items.findIndex((item) => {
    bytes += Buffer.byteLength(JSON.stringify(item))
    return bytes > bytesMax
  })
  return fitting === -1 ? { items, isComplete } : { items: items.slice(0, fitting), isComplete: false }
}
