import type { EventDraft } from '../../events/index.ts'
import type { ExecutionView, NodeView } from '../execution-view.ts'

/** The view before the first event. */
export function emptyExecutionView(executionId: string): ExecutionView {
  return {
    executionId,
    workflowId: null,
    workflowName: '',
    workflowVersion: null,
    status: 'queued',
    seq: 0,
    createdAt: null,
    startedAt: null,
    finishedAt: null,
    duration: null,
    input: null,
    startedByName: null,
    totalNodes: 0,
    progress: { completed: 0, total: 0, percentage: 0, currentNodeIds: [], expectedEndAt: null },
    nodes: {},
    edges: {},
    prompts: {},
    outputs: null,
    error: null,
    failedNodeId: null,
    reason: null,
    pause: null,
    stalledCause: null,
    variables: {},
    log: [],
  }
}

export type NodeDraft = Extract<EventDraft, { nodePath: string }>

/** A generation of a node before its first event. Attempts of earlier generations stay with it. */
export function newNodeView(event: NodeDraft, former: NodeView | undefined): NodeView {
  return {
    nodeId: event.nodeId,
    nodePath: event.nodePath,
    nodeName: former?.nodeName ?? event.nodeId,
    nodeType: former?.nodeType ?? '',
    iteration: event.iteration,
    status: 'pending',
    attempt: 0,
    maxAttempts: null,
    startedAt: null,
    finishedAt: null,
    duration: null,
    output: null,
    outputRef: null,
    ports: [],
    error: null,
    reason: null,
    progress: null,
    metadata: null,
    attempts: former?.attempts ?? [],
  }
}
