import type { NodeOutcome } from '@millrace/shared/engine/protocol'
import {
  type EventDraft,
  isTerminalEvent,
  type WorkflowEvent,
  type WorkflowEventOf,
  type WorkflowEventType,
} from '@millrace/shared/events'
import { eventId } from '@millrace/shared/events/event-id'
import type { EventOwner, FinalizeRequest } from '@millrace/temporal/ports'
import type pg from 'pg'
import { runBatch } from '../repositories/prepared-batch.ts'
import type { AppendResult } from './accept-drafts.ts'
import { appendWithin } from './append-transaction.ts'
import { closesQuestion } from './run-facts.ts'
import { noticeOfFailure } from './run-notices.ts'
import { lockTopics } from './topic-heads.ts'
import { executionTopic, userTopic, workspaceTopic } from './topic-name.ts'

/** Types that only the interpreter emits. What of these is stored but not in its own list was told by a try that was never committed. */
const interpreterTypes: WorkflowEventType[] = [
  'execution:started',
  'execution:waiting',
  'execution:paused',
  'execution:resumed',
  'execution:blocked',
  'node:queued',
  'node:completed',
  'node:failed',
  'node:skipped',
  'node:cancelled',
  'edge:settled',
  'variable:changed',
  'user:input:required',
  'user:input:reminder',
  'user:input:received',
  'user:input:expired',
  'user:input:withdrawn',
]

const endStatusOf: Partial<Record<WorkflowEventType, NodeOutcome['status']>> = {
  'node:completed': 'completed',
  'node:failed': 'failed',
  'node:skipped': 'skipped',
  'node:cancelled': 'cancelled',
}

/**
 * Closes an execution (R4): takes back what never became true, says what is missing, then the terminal
 * event. A second call finds the terminal event and changes nothing.
 */
export async function finalizeWithin(
  client: pg.PoolClient,
  owner: EventOwner,
  request: FinalizeRequest,
): Promise<AppendResult> {
  const topic = executionTopic(request.executionId)
  const toldOfFailure = request.outcome.status === 'failed' ? [userTopic(owner.userId)] : []
  await runBatch(client, [lockTopics([topic, workspaceTopic(owner.workspaceId), ...toldOfFailure])])
  const stored = await readControlEvents(client, topic)
  if (stored.some(isTerminalEvent)) return { outcomes: [], stored: [] }
  const corrections = [...withdrawalsOf(request, stored), ...correctionsOf(request, stored)]
  const terminal = terminalDraft(request)
  const notices = toldOfFailure.length > 0 && (await isMember(client, owner)) ? noticeOfFailure(terminal, stored) : []
  const drafts = [...corrections, ...notices, terminal]
  const [result] = await appendWithin(client, [{ owner, drafts }])
  return result ?? { outcomes: [], stored: [] }
}

/** Whoever was shown out of the workspace hears nothing more of it, not even of runs of their own. */
async function isMember(client: pg.PoolClient, { workspaceId, userId }: EventOwner): Promise<boolean> {
  const { rowCount } = await client.query('select 1 from memberships where workspace_id = $1 and user_id = $2', [
    workspaceId,
    userId,
  ])
  return rowCount === 1
}

async function readControlEvents(client: pg.PoolClient, topic: string): Promise<WorkflowEvent[]> {
  const { rows } = await client.query<{ payload: string }>(
    `select payload from events where topic = $1 and type not in ('node:stream', 'node:progress', 'node:log', 'execution:progress') order by seq`,
    [topic],
  )
  return rows.map(({ payload }) => JSON.parse(payload) as WorkflowEvent)
}

/**
 * Closes the questions that the run leaves open, as when it was lost: who has one in a list hears of it. What
 * is open goes by order, as for every reader: what closed a question before it was asked closed nothing.
 */
function withdrawalsOf({ executionId, finishedAt: timestamp }: FinalizeRequest, stored: WorkflowEvent[]): EventDraft[] {
  const open = new Map<string, WorkflowEventOf<'user:input:required'>>()
  for (const event of stored) {
    if (event.type === 'user:input:required') open.set(event.requestId, event)
    else if (closesQuestion(event)) open.delete(event.requestId)
  }
  return [...open.values()].map(({ nodeId, nodePath, iteration, requestId }) => {
    const type = 'user:input:withdrawn'
    // An identity of its own: the run may have withdrawn the question before the log heard that it was asked.
    const id = eventId({ nodePath, type, ordinal: 'end' })
    const place = { executionId, nodeId, nodePath, iteration }
    return { type, eventId: id, timestamp, ...place, requestId, reason: 'The run is over.' }
  })
}

/** Exported for its tests: pure. */
export function correctionsOf(request: FinalizeRequest, stored: WorkflowEvent[]): EventDraft[] {
  if (request.isJournalComplete === false) return []
  const { executionId, finishedAt: timestamp } = request
  const committed = new Set(request.eventIds)
  const retracted = stored.filter((event) => interpreterTypes.includes(event.type) && !committed.has(event.eventId))
  const retractions = retracted.map(
    (event): EventDraft => ({
      type: 'event:retracted',
      eventId: eventId({ nodePath: null, type: 'event:retracted', ordinal: event.eventId }),
      timestamp,
      executionId,
      retractedEventId: event.eventId,
      retractedType: event.type,
    }),
  )
  const told = statusesTold(stored, new Set(retracted.map((event) => event.eventId)))
  const addresses = new Map(request.nodes.map((node) => [node.nodePath, node]))
  const wrong = request.nodes.filter((node) => (told.get(node.nodePath)?.status ?? 'pending') !== node.status)
  // A generation of a loop that the committed way never reached.
  const phantoms = [...told].flatMap(([nodePath, { nodeId, iteration, status }]): NodeOutcome[] =>
    addresses.has(nodePath) || status === 'pending' ? [] : [{ nodePath, nodeId, iteration, status: 'pending' }],
  )
  return [...retractions, ...[...wrong, ...phantoms].map((node) => correctedDraft(node, executionId, timestamp))]
}

interface Told {
  nodeId: string
  iteration: number
  status: NodeOutcome['status']
}

/** How each node generation ended by what is stored and not taken back. */
function statusesTold(stored: WorkflowEvent[], retractedIds: ReadonlySet<string>): Map<string, Told> {
  const told = new Map<string, Told>()
  for (const event of stored) {
    const status = endStatusOf[event.type]
    if (status === undefined || !('nodePath' in event) || retractedIds.has(event.eventId)) continue
    told.set(event.nodePath, { nodeId: event.nodeId, iteration: event.iteration, status })
  }
  return told
}

function correctedDraft(node: NodeOutcome, executionId: string, timestamp: number): EventDraft {
  const { nodePath, nodeId, iteration, status, output, outputRef, error } = node
  return {
    type: 'node:corrected',
    eventId: eventId({ nodePath, type: 'node:corrected' }),
    timestamp,
    executionId,
    nodeId,
    nodePath,
    iteration,
    status,
    ...(output === undefined ? {} : { output }),
    ...(outputRef === undefined ? {} : { outputRef }),
    ...(error === undefined ? {} : { error }),
  }
}

function terminalDraft({ executionId, outcome, finishedAt: timestamp, duration }: FinalizeRequest): EventDraft {
  const type = `execution:${outcome.status}` as const
  const base = { eventId: eventId({ nodePath: null, type }), timestamp, executionId, duration }
  switch (outcome.status) {
    case 'completed':
      return { ...base, type: 'execution:completed', status: 'completed', outputs: outcome.outputs }
    case 'failed':
      return {
        ...base,
        type: 'execution:failed',
        status: 'failed',
        error: outcome.error,
        ...(outcome.failedNodeId === undefined ? {} : { failedNodeId: outcome.failedNodeId }),
      }
    case 'cancelled':
      return { ...base, type: 'execution:cancelled', status: 'cancelled', reason: outcome.reason }
  }
}
