import { createHash } from 'node:crypto'
import { compilePlan } from '@millrace/shared/engine/compile-plan'
import type { Plan } from '@millrace/shared/engine/plan'
import { inputFieldsOf, validateRunInput } from '@millrace/shared/engine/run-input'
import { AppError, errorCodeOf } from '@millrace/shared/errors/app-error'
import { eventId } from '@millrace/shared/events/event-id'
import type { JsonObject } from '@millrace/shared/json'
import type { FastifyBaseLogger } from 'fastify'
import type { NewExecution } from '../events/event-log.ts'
import { type Caller, ownerOf, shownNameOf } from '../policies/caller.ts'
import type { Database } from '../repositories/database.ts'
import { loadStart } from '../repositories/executions.ts'
import { newId } from '../repositories/new-id.ts'
import { findWorkflow } from '../repositories/workflows.ts'
import type { EngineClient, StartRequest } from './engine-client.ts'

export interface StartExecutionDeps {
  database: Database
  events: { createExecution(execution: NewExecution): Promise<unknown> }
  engine: EngineClient
}

export interface StartExecutionRequest {
  workflowId: string
  input: Record<string, unknown>
  /** Of the idempotency key: the same one makes the same run. Null: every request makes a new run. */
  seed: string | null
}

/** A Temporal server that is slower than this is not waited for: the run is stored and will be started. */
const startWaitMs = 3000

/**
 * Stores a run of the workflow's newest version, then has it started. Once it is stored it exists: when
 * Temporal is away the run stays queued, and the reconciler starts it when Temporal is back.
 * Throws AppError WORKFLOW_NOT_FOUND, WORKFLOW_INVALID, INVALID_INPUT, DATABASE_UNAVAILABLE.
 */
export async function startExecution(
  { database, events, engine }: StartExecutionDeps,
  caller: Caller,
  { workflowId, input: givenInput, seed }: StartExecutionRequest,
  log: FastifyBaseLogger,
): Promise<{ executionId: string }> {
  const executionId = seed === null ? newId() : createHash('sha256').update(seed).digest('base64url').slice(0, 20)
  // A try before this one may have come so far. What it stored is what runs, whatever the workflow is by now.
  const stored = seed === null ? null : await loadStart(database.orm, executionId)
  if (stored !== null) {
    await startInTime(engine, stored, log)
    return { executionId }
  }
  const workflow = await findWorkflow(database.orm, caller.workspaceId, workflowId)
  if (workflow === null) throw new AppError('WORKFLOW_NOT_FOUND', { workflowId })
  const { name, version, definition } = workflow
  const { plan, problems } = compilePlan({ definition, workflowId, workflowName: name, workflowVersion: version })
  if (plan === undefined) throw new AppError('WORKFLOW_INVALID', { problems })
  const input = readInput(plan, givenInput)

  const owner = ownerOf(caller)
  const createdAt = Date.now()
  const startedByName = shownNameOf(caller)
  await events.createExecution({
    owner,
    row: { id: executionId, input, startedByName },
    plan,
    draft: {
      type: 'execution:created',
      eventId: eventId({ nodePath: null, type: 'execution:created' }),
      timestamp: createdAt,
      executionId,
      workflowId,
      workflowName: name,
      workflowVersion: version,
      totalNodes: plan.nodes.length,
      startedBy: caller.apiKeyId === null ? caller.userId : `api-key:${caller.apiKeyId}`,
      startedByName,
      input,
    },
  })
  await startInTime(engine, { executionId, owner, plan, input, createdAt }, log)
  return { executionId }
}

/** Throws AppError INVALID_INPUT, with the fields at fault. */
export function readInput(plan: Plan, given: Record<string, unknown>): JsonObject {
  const result = validateRunInput(inputFieldsOf(plan), given)
  if (result.ok) return result.input
  const issues = result.problems.map(({ field, message }) => ({
    path: field === '' ? 'input' : `input.${field}`,
    message,
  }))
  throw new AppError(
    'INVALID_INPUT',
    { in: 'body', issues, fields: Object.fromEntries(result.problems.map(({ field, message }) => [field, message])) },
    { message: result.problems.map(({ message }) => message).join(' ') },
  )
}

async function startInTime(engine: EngineClient, request: StartRequest, log: FastifyBaseLogger): Promise<void> {
  const { executionId } = request
  const starting = engine.start(request).catch((err: unknown) => {
    const isAway = errorCodeOf(err) === 'TEMPORAL_UNAVAILABLE'
    log[isAway ? 'warn' : 'error']({ err, executionId }, 'the run is stored and will be started later')
  })
  let timer: NodeJS.Timeout | undefined
  const timeUp = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, startWaitMs)
  })
  await Promise.race([starting, timeUp])
  clearTimeout(timer)
}
