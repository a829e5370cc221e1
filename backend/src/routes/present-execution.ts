import type { Execution, ExecutionNode } from '@millrace/shared/api/executions'
import type { ExecutionView, NodeView, PauseView } from '@millrace/shared/engine/execution-view'
import type { Plan } from '@millrace/shared/engine/plan'
import type { z } from 'zod'
import { toExecutionSummary } from '../queries/present-summary.ts'
import type { ExecutionRow } from '../repositories/executions.ts'

type Node = z.output<typeof ExecutionNode>

/** The row's input is told as it is given here: masked. Status, outputs and nodes are of one moment, that of `seq`: all are folded from the events up to it. */
export function toExecution(row: ExecutionRow, plan: Plan | null, view: ExecutionView): Execution {
  const pending = (plan?.nodes ?? []).map(({ id, name, type }): [string, Node] => [
    id,
    { status: 'pending', attempt: 0, iteration: 1, nodeName: name, nodeType: type },
  ])
  const begun = Object.values(view.nodes).map((node): [string, Node] => [node.nodeId, toNode(node)])
  const { finishedAt, duration, error, failedNodeId, outputs, pause } = view
  const {
    error: _error,
    failedNodeId: _failed,
    finishedAt: _end,
    duration: _took,
    ...summary
  } = toExecutionSummary(row)
  return {
    ...summary,
    status: view.status,
    startedAt: view.startedAt ?? row.createdAt,
    completedNodes: view.progress.completed,
    ...(error === null ? {} : { error }),
    ...(failedNodeId === null ? {} : { failedNodeId }),
    ...(finishedAt === null ? {} : { finishedAt }),
    ...(duration === null ? {} : { duration }),
    input: row.input as Record<string, unknown>,
    ...(outputs === null ? {} : { outputs }),
    ...(pause === null ? {} : { pause: toPause(pause) }),
    nodes: withNames(Object.fromEntries([...pending, ...begun]), plan),
    seq: view.seq,
  }
}

function toPause({ at, by, reason }: PauseView): Execution['pause'] {
  return { at, ...(by === null ? {} : { by }), ...(reason === null ? {} : { reason }) }
}

/** A node that was skipped before it started has not told its name and type; the plan knows them. */
function withNames(nodes: Record<string, Node>, plan: Plan | null): Record<string, Node> {
  for (const { id, name, type } of plan?.nodes ?? []) {
    const node = nodes[id]
    if (node !== undefined) nodes[id] = { ...node, nodeName: name, nodeType: type }
  }
  return nodes
}

function toNode(node: NodeView): Node {
  const { startedAt, finishedAt, duration, output, outputRef, error, reason } = node
  return {
    status: node.status,
    attempt: node.attempt,
    iteration: node.iteration,
    nodeName: node.nodeName,
    nodeType: node.nodeType,
    ...(startedAt === null ? {} : { startedAt }),
    ...(finishedAt === null ? {} : { finishedAt }),
    ...(duration === null ? {} : { duration }),
    ...(output === null || output === undefined ? {} : { output }),
    ...(outputRef === null ? {} : { outputRef }),
    ...(error === null ? {} : { error }),
    ...(reason === null ? {} : { reason }),
  }
}
