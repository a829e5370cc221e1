import { createHash } from 'node:crypto'
import { compilePlan } from '@millrace/shared/engine/compile-plan'
import type { Plan } from '@millrace/shared/engine/plan'
import { AppError } from '@millrace/shared/errors/app-error'
import type { EventDraft } from '@millrace/shared/events'
import { eventId } from '@millrace/shared/events/event-id'
import type { BrowserNode, BrowserRun } from '@millrace/shared/protocol/browser-run'
import type { NewExecution } from '../events/event-log.ts'
import { type Caller, ownerOf, shownNameOf } from '../policies/caller.ts'
import type { Database } from '../repositories/database.ts'
import { newId } from '../repositories/new-id.ts'
import { findVersion, findWorkflow } from '../repositories/workflows.ts'
import { readInput } from './start-execution.ts'

/**
 * Records a run that has already happened in somebody's browser: its first event, its nodes and its end are
 * stored together, so that nobody ever takes it for a run that has to be started. What it says is the
 * browser's word. Throws AppError WORKFLOW_NOT_FOUND, WORKFLOW_INVALID, INVALID_INPUT, OUTPUT_TOO_LARGE.
 */
export async function recordBrowserRun(
  { database, events }: { database: Database; events: { createExecution(execution: NewExecution): Promise<unknown> } },
  caller: Caller,
  { run, seed }: { run: BrowserRun; seed: string | null },
): Promise<{ executionId: string }> {
  const plan = await planOf(database, caller, run)
  const input = readInput(plan, run.input)
  requireNodes(plan, run.nodes)
  const executionId = seed === null ? newId() : createHash('sha256').update(seed).digest('base64url').slice(0, 20)
  const finishedAt = Date.now()
  const createdAt = finishedAt - run.duration
  const { workflowId, workflowName, workflowVersion } = plan
  const startedBy = caller.apiKeyId === null ? caller.userId : `api-key:${caller.apiKeyId}`
  const startedByName = shownNameOf(caller)
  const base = { executionId, workflowId, workflowName, totalNodes: plan.nodes.length }
  await events.createExecution({
    owner: ownerOf(caller),
    row: { id: executionId, input, startedByName, origin: 'browser' },
    plan,
    draft: {
      ...base,
      type: 'execution:created',
      eventId: eventId({ nodePath: null, type: 'execution:created' }),
      timestamp: createdAt,
      workflowVersion,
      startedBy,
      startedByName,
      input,
      origin: 'browser',
    },
    following: [
      {
        ...base,
        type: 'execution:started',
        eventId: eventId({ nodePath: null, type: 'execution:started' }),
        timestamp: createdAt,
      },
      ...run.nodes.flatMap((node) => nodeDrafts(executionId, plan, { node, finishedAt })),
      ...endDrafts(executionId, plan, { run, finishedAt }),
    ],
  })
  return { executionId }
}

async function planOf(database: Database, caller: Caller, { workflowId, workflowVersion }: BrowserRun): Promise<Plan> {
  const workflow = await findWorkflow(database.orm, caller.workspaceId, workflowId)
  if (workflow === null) throw new AppError('WORKFLOW_NOT_FOUND', { workflowId })
  const version = workflowVersion ?? workflow.version
  const definition =
    version === workflow.version ? workflow.definition : await findVersion(database.orm, { workflowId, version })
  if (definition === null) throw new AppError('WORKFLOW_NOT_FOUND', { workflowId, version })
  const { plan, problems } = compilePlan({
    definition,
    workflowId,
    workflowName: workflow.name,
    workflowVersion: version,
  })
  if (plan === undefined) throw new AppError('WORKFLOW_INVALID', { problems })
  return plan
}

/** Each node is one of the drawing, and is told once. */
function requireNodes(plan: Plan, nodes: readonly BrowserNode[]): void {
  const known = new Set(plan.nodes.map(({ id }) => id))
  const told = new Set<string>()
  for (const node of nodes) {
    const path = pathOf(node)
    if (!known.has(node.nodeId) || told.has(path)) {
      throw new AppError('INVALID_INPUT', { problems: [`nodes: ${path} is not in the drawing, or is there twice.`] })
    }
    told.add(path)
  }
}

function nodeDrafts(
  executionId: string,
  plan: Plan,
  { node, finishedAt: timestamp }: { node: BrowserNode; finishedAt: number },
): EventDraft[] {
  const nodePath = pathOf(node)
  const { nodeId, iteration, status, output, error, duration } = node
  const type = `node:${status}` as const
  const place = { timestamp, executionId, nodeId, nodePath, iteration }
  const end = { ...place, eventId: eventId({ nodePath, type }) }
  const reason = 'It did not run in the browser.'
  if (status === 'skipped') return [{ ...end, type: 'node:skipped', reason }]
  const { name = nodeId, type: nodeType = '' } = plan.nodes.find(({ id }) => id === nodeId) ?? {}
  const started: EventDraft = {
    ...place,
    type: 'node:started',
    eventId: eventId({ nodePath, type: 'node:started', attempt: 1 }),
    nodeName: name,
    nodeType,
    attempt: 1,
  }
  if (status === 'cancelled')
    return [started, { ...end, type: 'node:cancelled', reason: 'It was stopped in the browser.' }]
  if (status === 'failed') {
    const cause = error ?? { code: 'INTERNAL', message: 'The browser gave no reason.' }
    return [started, { ...end, type: 'node:failed', attempt: 1, error: cause, duration, handled: 'fail' }]
  }
  return [started, { ...end, type: 'node:completed', attempt: 1, output, duration, ports: [] }]
}

function endDrafts(
  executionId: string,
  plan: Plan,
  { run, finishedAt: timestamp }: { run: BrowserRun; finishedAt: number },
): EventDraft[] {
  const completed = run.nodes.filter(({ status }) => status !== 'cancelled').length
  const total = Math.max(plan.nodes.length, completed)
  const progress: EventDraft = {
    type: 'execution:progress',
    eventId: eventId({ nodePath: null, type: 'execution:progress' }),
    timestamp,
    executionId,
    completed,
    total,
    percentage: total === 0 ? 100 : (completed / total) * 100,
    currentNodeIds: [],
  }
  const type = `execution:${run.status}` as const
  const { duration } = run
  const base = { eventId: eventId({ nodePath: null, type }), timestamp, executionId, duration }
  if (run.status === 'completed') {
    return [progress, { ...base, type: 'execution:completed', status: 'completed', outputs: run.outputs }]
  }
  if (run.status === 'cancelled') {
    return [
      progress,
      { ...base, type: 'execution:cancelled', status: 'cancelled', reason: 'It was stopped in the browser.' },
    ]
  }
  const error = run.error ?? { code: 'INTERNAL', message: 'The browser gave no reason.' }
  return [progress, { ...base, type: 'execution:failed', status: 'failed', error }]
}

function pathOf({ nodeId, nodePath = nodeId }: BrowserNode): string {
  return nodePath
}
