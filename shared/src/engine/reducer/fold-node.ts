import type { WorkflowEventOf } from '../../events/index.ts'
import type { NodeView } from '../execution-view.ts'
import { appendText, beginAttempt, endAttempt, failAttempt } from './attempts.ts'

export type NodeEvent = WorkflowEventOf<
  | 'node:queued'
  | 'node:started'
  | 'node:retry'
  | 'node:stream'
  | 'node:progress'
  | 'node:completed'
  | 'node:failed'
  | 'node:skipped'
  | 'node:cancelled'
  | 'node:corrected'
  | 'user:input:required'
>

/** The node after one of its events. */
export function foldNode(node: NodeView, event: NodeEvent): NodeView {
  switch (event.type) {
    case 'node:queued':
      return node.status === 'pending' ? { ...node, status: 'queued' } : node
    case 'node:started':
      return start(node, event)
    case 'node:retry':
      return retry(node, event)
    case 'node:stream':
      return { ...node, attempts: appendText(node.attempts, event, event) }
    case 'node:progress':
      if (event.attempt !== node.attempt) return node
      return { ...node, progress: { percentage: event.percentage ?? null, message: event.message ?? null } }
    case 'user:input:required':
      return { ...node, nodeName: event.nodeName, status: 'waiting', startedAt: node.startedAt ?? event.timestamp }
    case 'node:completed':
      return {
        ...node,
        status: 'completed',
        finishedAt: event.timestamp,
        duration: event.duration,
        output: event.output ?? null,
        outputRef: event.outputRef ?? null,
        ports: event.ports,
        metadata: event.metadata ?? null,
        error: null,
        reason: null,
        progress: null,
        attempts: endAttempt(node.attempts, keyOf(node), 'completed', event.timestamp),
      }
    case 'node:failed':
      return {
        ...node,
        status: 'failed',
        finishedAt: event.timestamp,
        duration: event.duration,
        error: event.error,
        progress: null,
        attempts: failAttempt(node.attempts, keyOf(node), {
          finishedAt: event.timestamp,
          error: event.error,
          nextRetryAt: null,
        }),
      }
    case 'node:skipped':
      return { ...node, status: 'skipped', finishedAt: event.timestamp, reason: event.reason }
    case 'node:cancelled':
      return {
        ...node,
        status: 'cancelled',
        finishedAt: event.timestamp,
        reason: event.reason,
        progress: null,
        attempts: endAttempt(node.attempts, keyOf(node), 'cancelled', event.timestamp),
      }
    case 'node:corrected':
      return {
        ...node,
        status: event.status,
        output: event.output ?? null,
        outputRef: event.outputRef ?? null,
        error: event.error ?? null,
        attempts: endAttempt(
          node.attempts,
          keyOf(node),
          event.status === 'completed' ? 'completed' : 'cancelled',
          event.timestamp,
        ),
      }
  }
}

function keyOf(node: NodeView) {
  return { attempt: node.attempt, iteration: node.iteration }
}

function start(node: NodeView, event: WorkflowEventOf<'node:started'>): NodeView {
  if (event.attempt < node.attempt) return node
  return {
    ...node,
    nodeName: event.nodeName,
    nodeType: event.nodeType,
    status: 'running',
    attempt: event.attempt,
    maxAttempts: event.maxAttempts ?? node.maxAttempts,
    startedAt: node.startedAt ?? event.timestamp,
    error: null,
    progress: null,
    attempts: beginAttempt(node.attempts, event, event.timestamp),
  }
}

/** Told by the failing attempt, or by the next one for an attempt that died: then it comes when that one is about to start. */
function retry(node: NodeView, event: WorkflowEventOf<'node:retry'>): NodeView {
  const known = beginAttempt(node.attempts, event, event.timestamp)
  const attempts = failAttempt(known, event, {
    finishedAt: event.timestamp,
    error: event.error,
    nextRetryAt: event.timestamp + event.nextRetryIn,
  })
  if (event.attempt < node.attempt) return { ...node, attempts }
  return { ...node, status: 'retrying', attempt: event.attempt, error: event.error, progress: null, attempts }
}
