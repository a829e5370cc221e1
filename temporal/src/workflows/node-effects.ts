import type { EngineCommand } from '@millrace/shared/engine/protocol'
import type { RetryPolicy } from '@millrace/shared/graph/workflow-definition'
import type { JsonObject } from '@millrace/shared/json'
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow'
import type { EngineActivities, NodeTaskResult } from '../activities/engine-activities.ts'
import type { EventOwner } from '../ports.ts'

type RunNodeCommand = Extract<EngineCommand, { type: 'runNode' }>
type EvaluateCommand = Extract<EngineCommand, { type: 'evaluate' }>

export interface EffectOptions {
  executionId: string
  owner: EventOwner
  heartbeatTimeoutMs: number
}

/** Lost workers that one node may cost on top of the builder's attempts (R6): a node that kills each worker it meets must end. */
const lostWorkersMax = 20

/** The attempt stops itself at its timeout; the server's clock is for one that cannot. */
const timeoutGraceMs = 10_000

/** JSON characters of one activity's input. The server refuses 2 MiB of bytes. */
const inputCharactersMax = 1024 * 1024

export function fitsActivity(command: RunNodeCommand | EvaluateCommand): boolean {
  return JSON.stringify([command.config, command.scope]).length <= inputCharactersMax
}

/** Runs the attempts of a node in the current cancellation scope. */
export function runNodeEffect(
  { type: _type, ...node }: RunNodeCommand,
  options: EffectOptions,
): Promise<NodeTaskResult> {
  const { runNode } = proxyActivities<Pick<EngineActivities, 'runNode'>>({
    startToCloseTimeout: node.timeoutMs + timeoutGraceMs,
    heartbeatTimeout: options.heartbeatTimeoutMs,
    // A result that won the race against the cancellation is seen, and an effect never outlives its run.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: serverRetry(node.retry),
    summary: node.nodeName,
  })
  return runNode({
    owner: options.owner,
    executionId: options.executionId,
    node,
    heartbeatTimeoutMs: options.heartbeatTimeoutMs,
  })
}

/**
 * How soon the server tries again after a lost worker. Real failures are counted by the activity, which
 * brings its own delay or forbids another attempt.
 */
function serverRetry({ maxAttempts }: RetryPolicy) {
  return {
    maximumAttempts: maxAttempts + lostWorkersMax,
    initialInterval: 50,
    backoffCoefficient: 2,
    maximumInterval: 10_000,
  }
}

export function evaluateEffect(
  { config, expressions, scope }: EvaluateCommand,
  { owner }: EffectOptions,
): Promise<JsonObject> {
  const { evaluateConfig } = proxyActivities<Pick<EngineActivities, 'evaluateConfig'>>({
    startToCloseTimeout: 30_000,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { maximumAttempts: lostWorkersMax, initialInterval: 50, backoffCoefficient: 2, maximumInterval: 10_000 },
  })
  return evaluateConfig({ owner, config, expressions, scope })
}
