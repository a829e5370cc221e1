import type { WorkflowEvent } from '../events/index.ts'
import { type ExecutionView, isFinished } from './execution-view.ts'
import { newNodeView } from './reducer/empty-view.ts'
import { foldLog } from './reducer/fold-log.ts'
import { foldNode, type NodeEvent } from './reducer/fold-node.ts'
import { closePrompt, openPrompt, remindPrompt } from './reducer/fold-prompt.ts'
import { foldVariable, retractVariable } from './reducer/fold-variable.ts'

export { emptyExecutionView } from './reducer/empty-view.ts'

/**
 * The view after one more event. Shares every part that the event does not touch, so a passage changes
 * one node and leaves the identity of all others. Events up to the view's `seq` change nothing; unknown
 * types only advance it; nothing follows the end of a run.
 */
export function applyEvent(view: ExecutionView, event: WorkflowEvent): ExecutionView {
  if (event.seq <= view.seq) return view
  if (isFinished(view.status)) return { ...view, seq: event.seq }
  const folded = fold(view, event)
  const log = foldLog(view, event)
  return { ...folded, seq: event.seq, ...(log === view.log ? {} : { log }) }
}

function fold(view: ExecutionView, event: WorkflowEvent): ExecutionView {
  switch (event.type) {
    case 'execution:created':
      return {
        ...view,
        workflowId: event.workflowId,
        workflowName: event.workflowName,
        workflowVersion: event.workflowVersion,
        totalNodes: event.totalNodes,
        createdAt: event.timestamp,
        input: event.input ?? null,
        startedByName: event.startedByName ?? null,
        progress: { ...view.progress, total: event.totalNodes },
      }
    case 'execution:started':
      return {
        ...view,
        workflowId: event.workflowId,
        workflowName: event.workflowName,
        totalNodes: event.totalNodes,
        startedAt: view.startedAt ?? event.timestamp,
        status: 'running',
        stalledCause: null,
      }
    case 'execution:progress': {
      const { completed, total, percentage, currentNodeIds, estimatedRemainingMs, timestamp } = event
      return {
        ...view,
        progress: {
          completed: Math.max(completed, view.progress.completed),
          total,
          percentage: Math.max(percentage, view.progress.percentage),
          currentNodeIds,
          expectedEndAt: estimatedRemainingMs === undefined ? null : timestamp + estimatedRemainingMs,
        },
        stalledCause: null,
      }
    }
    case 'execution:waiting':
      return { ...standing(view), status: 'waiting' }
    case 'execution:paused': {
      const pause = { at: event.timestamp, by: event.by ?? null, reason: event.reason === '' ? null : event.reason }
      return { ...standing(view), status: 'paused', pause }
    }
    case 'execution:resumed':
      return { ...view, status: 'running', pause: null, stalledCause: null }
    case 'execution:stalled':
      return { ...view, stalledCause: event.cause }
    case 'execution:completed':
      return {
        ...end(view, event),
        outputs: event.outputs,
        progress: { ...view.progress, percentage: 100, currentNodeIds: [], expectedEndAt: null },
      }
    case 'execution:failed':
      return { ...end(view, event), error: event.error, failedNodeId: event.failedNodeId ?? null }
    case 'execution:cancelled':
      return { ...end(view, event), reason: event.reason }
    case 'edge:settled':
      return { ...view, edges: { ...view.edges, [event.edgeId]: { taken: event.taken, iteration: event.iteration } } }
    case 'variable:changed':
      // A view of an older server has none.
      return {
        ...view,
        variables: foldVariable(view.variables ?? {}, event),
        ...(event.isLast === true ? { hasUntoldChanges: true } : {}),
      }
    case 'event:retracted':
      return retract(view, event.retractedEventId, event.retractedType)
    case 'user:input:required':
      return { ...withNode(view, event), prompts: { ...view.prompts, [event.requestId]: openPrompt(event) } }
    case 'user:input:reminder': {
      const prompt = view.prompts[event.requestId]
      if (prompt === undefined) return view
      return { ...view, prompts: { ...view.prompts, [event.requestId]: remindPrompt(prompt, event) } }
    }
    case 'user:input:received':
    case 'user:input:expired':
    case 'user:input:withdrawn': {
      const prompt = view.prompts[event.requestId]
      return prompt === undefined
        ? view
        : { ...view, prompts: { ...view.prompts, [event.requestId]: closePrompt(prompt, event) } }
    }
    case 'node:queued':
    case 'node:started':
    case 'node:retry':
    case 'node:stream':
    case 'node:progress':
    case 'node:completed':
    case 'node:failed':
    case 'node:skipped':
    case 'node:cancelled':
    case 'node:corrected':
      return withNode(view, event)
    default:
      return view
  }
}

/** Events by which a new generation of a node can begin; others belong to the generation that is known or to none. */
const beginnings = new Set<NodeEvent['type']>([
  'node:queued',
  'node:started',
  'node:completed',
  'node:failed',
  'node:skipped',
  'node:cancelled',
  'user:input:required',
])

function withNode(view: ExecutionView, event: NodeEvent): ExecutionView {
  const known = view.nodes[event.nodeId]
  const isKnown = known?.nodePath === event.nodePath
  // A generation that was left behind: its late words must not overwrite the one that is shown.
  if (known !== undefined && !isKnown && (!beginnings.has(event.type) || event.iteration < known.iteration)) return view
  const folded = foldNode(isKnown ? known : newNodeView(event, known), event)
  const isMoving = event.type !== 'node:corrected' && view.stalledCause !== null
  return { ...view, nodes: { ...view.nodes, [event.nodeId]: folded }, ...(isMoving ? { stalledCause: null } : {}) }
}

/** Where nothing is at work nobody knows when the run ends. */
function standing(view: ExecutionView): ExecutionView {
  return { ...view, stalledCause: null, progress: { ...view.progress, expectedEndAt: null } }
}

function end(
  view: ExecutionView,
  event: { status: 'completed' | 'failed' | 'cancelled'; timestamp: number; duration: number },
): ExecutionView {
  return {
    ...standing(view),
    progress: { ...view.progress, currentNodeIds: [], expectedEndAt: null },
    status: event.status,
    finishedAt: event.timestamp,
    duration: event.duration,
    pause: null,
  }
}

/** What stands before the edge's id in the identity of its event. */
const edgeMark = '/edge:settled/-/'

/** Takes back what an event did that never became true; what node it was about is said by `node:corrected`. */
function retract(view: ExecutionView, eventId: string, type: string): ExecutionView {
  if (type === 'edge:settled') {
    const edgeId = eventId.slice(eventId.indexOf(edgeMark) + edgeMark.length)
    return { ...view, edges: Object.fromEntries(Object.entries(view.edges).filter(([id]) => id !== edgeId)) }
  }
  if (type === 'variable:changed') return { ...view, variables: retractVariable(view.variables ?? {}, eventId) }
  if (type !== 'user:input:required') return view
  const nodePath = eventId.slice(0, eventId.indexOf('/user:input:required/'))
  const prompts = Object.fromEntries(Object.entries(view.prompts).filter(([, prompt]) => prompt.nodePath !== nodePath))
  return { ...view, prompts }
}
