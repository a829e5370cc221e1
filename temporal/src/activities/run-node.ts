import { renderConfig } from '@millrace/shared/engine/expressions/render-config'
import type { NodeOutput } from '@millrace/shared/engine/protocol'
import { AppError } from '@millrace/shared/errors/app-error'
import { type EventError, eventLimits } from '@millrace/shared/events/envelope'
import type { Json } from '@millrace/shared/json'
import type { NodeType } from '@millrace/shared/nodes/registry'
import { CancelledFailure, Context } from '@temporalio/activity'
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common'
import { toApplicationFailure, toShownError } from '../application-failure.ts'
import { EffectError, type EffectResult, type NodeExecutor } from '../executors/node-executor.ts'
import type { EnginePorts } from '../ports.ts'
import { type AttemptRecord, readAttemptRecord } from './attempt-record.ts'
import type { NodeTask, NodeTaskResult } from './engine-activities.ts'
import { type Heartbeats, startHeartbeats } from './heartbeats.ts'
import { AttemptFencedError, NodeEvents } from './node-events.ts'
import { resolveScope } from './resolve-scope.ts'
import { retryDelayMs } from './retry-delay.ts'
import { untilStored } from './until-stored.ts'

export type Executors = Record<NodeType, NodeExecutor>

const workerLost = new AppError('WORKER_LOST')

/** Until another worker can take over what this one gives up because it is stopping. */
const shutdownDelayMs = 100

/** One attempt of a node's effect. */
export async function runNode(ports: EnginePorts, executors: Executors, task: NodeTask): Promise<NodeTaskResult> {
  const { info, cancellationSignal } = Context.current()
  const { attempt } = info
  const record = readAttemptRecord(info.heartbeatDetails)
  const heartbeats = startHeartbeats(task.heartbeatTimeoutMs, record)
  try {
    // R7. An earlier attempt finished and only its report was lost: nothing was retried, so nothing is told.
    const stored =
      attempt === 1
        ? null
        : await untilStored(cancellationSignal, () => ports.nodeResults.find(task.executionId, task.node.nodePath))
    if (stored !== null) return stored
    const events = new NodeEvents(ports.events, task, attempt, cancellationSignal)
    try {
      await events.start(lostAttempts(record, attempt), toEventError(workerLost))
      record.toldUntil = attempt - 1
      heartbeats.set(record)
      const body: Body = { ports, executors, task, events, cancellationSignal, tryNumber: record.failures + 1 }
      const effect = await runBody(body)
      await events.close()
      return await keepResult(body, effect, attempt)
    } catch (error) {
      throw await concludeFailure({ task, events, heartbeats, record, attempt }, error)
    }
  } finally {
    heartbeats.stop()
  }
}

function lostAttempts({ toldUntil }: AttemptRecord, attempt: number): number[] {
  return Array.from({ length: Math.max(0, attempt - 1 - toldUntil) }, (_, index) => toldUntil + 1 + index)
}

interface Body {
  ports: EnginePorts
  executors: Executors
  task: NodeTask
  events: NodeEvents
  cancellationSignal: AbortSignal
  tryNumber: number
}

/** The effect itself, with the builder's timeout. Throws AppError NODE_TIMEOUT. */
async function runBody({ ports, executors, task, events, cancellationSignal, tryNumber }: Body): Promise<EffectResult> {
  const { owner, executionId, node } = task
  const scope = await untilStored(cancellationSignal, () => resolveScope(ports.outputs, owner, node.scope))
  const config = renderConfig(node.config, node.expressions, scope)
  const deadline = AbortSignal.timeout(node.timeoutMs)
  const signal = AbortSignal.any([cancellationSignal, deadline])
  try {
    const running = executors[node.nodeType](config, {
      owner,
      executionId,
      nodePath: node.nodePath,
      tryNumber,
      idempotencyKey: `${executionId}/${node.nodePath}`,
      signal,
      ports,
      emitText: (text, tokens) => events.text(text, tokens),
      log: (level, message) => events.log(level, message),
      progress: (percentage, message) => events.progress(percentage, message),
    })
    return await orAborted(running, signal)
  } catch (error) {
    throw deadline.aborted && !cancellationSignal.aborted ? timeoutError(task) : error
  }
}

/** Writes the result down, however long the store is away: what was done must not be done again (R7). */
async function keepResult(
  { ports, task, cancellationSignal }: Body,
  { output, port, metadata }: EffectResult,
  attempt: number,
): Promise<NodeTaskResult> {
  const result: NodeTaskResult = {
    output: await placeOutput(ports, task, output, cancellationSignal),
    ...(port === undefined ? {} : { port }),
    ...(metadata === undefined ? {} : { metadata }),
    attempt,
  }
  const { executionId, node } = task
  await untilStored(cancellationSignal, () => ports.nodeResults.store(executionId, node.nodePath, result))
  return result
}

/** A body that ignores its signal is left behind; its events are refused from then on. */
async function orAborted<T>(running: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: () => void = () => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason)
  })
  signal.addEventListener('abort', stop, { once: true })
  try {
    signal.throwIfAborted()
    return await Promise.race([running, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
    running.catch(() => undefined)
  }
}

/** Outputs too large for an event are stored apart. */
async function placeOutput(
  { outputs }: EnginePorts,
  task: NodeTask,
  value: Json,
  signal: AbortSignal,
): Promise<NodeOutput> {
  if (Buffer.byteLength(JSON.stringify(value)) <= eventLimits.inlineOutputBytesMax) return { value }
  return { ref: await untilStored(signal, () => outputs.put(task.owner, task.executionId, value)) }
}

interface Attempt {
  task: NodeTask
  events: NodeEvents
  heartbeats: Heartbeats
  record: AttemptRecord
  attempt: number
}

/** Decides what a failed attempt means, tells it, and returns what Temporal shall be told. */
async function concludeFailure({ task, events, heartbeats, record, attempt }: Attempt, error: unknown): Promise<Error> {
  const { cancellationSignal, cancellationDetails } = Context.current()
  if (error instanceof AttemptFencedError) return fenced(error)
  if (cancellationSignal.aborted) {
    // What was written until now belongs to the story; a store that is away must not hold the cancellation up.
    await events.close().catch(() => undefined)
    if (cancellationDetails?.workerShutdown === true || isShutdown(cancellationSignal.reason)) {
      return toApplicationFailure(workerLost, { attempt, nonRetryable: false, nextRetryDelayMs: shutdownDelayMs })
    }
    return cancellationSignal.reason instanceof CancelledFailure
      ? cancellationSignal.reason
      : new CancelledFailure('cancelled')
  }
  const shown = toShownError(error)
  record.failures += 1
  const isRetryable = error instanceof EffectError ? error.isRetryable : shown.behaviour.retryable
  try {
    await events.close()
    if (!isRetryable || record.failures >= task.node.retry.maxAttempts) {
      return toApplicationFailure(error, { attempt, nonRetryable: true })
    }
    const asked = error instanceof EffectError ? error.retryAfterMs : undefined
    const nextRetryDelayMs = retryDelayMs(task.node.retry, record.failures, asked)
    await events.retry(toEventError(shown), nextRetryDelayMs)
    record.toldUntil = attempt
    heartbeats.set(record)
    heartbeats.beat()
    return toApplicationFailure(error, { attempt, nonRetryable: false, nextRetryDelayMs })
  } catch (unsaid) {
    return unsaid instanceof AttemptFencedError
      ? fenced(unsaid)
      : toApplicationFailure(unsaid, { attempt, nonRetryable: false })
  }
}

/** Quiet: the server refuses a report of an attempt it has given up anyway. */
function fenced(error: AttemptFencedError): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'ATTEMPT_FENCED',
    message: error.message,
    nonRetryable: true,
    category: ApplicationFailureCategory.BENIGN,
  })
}

function isShutdown(reason: unknown): boolean {
  return reason instanceof CancelledFailure && reason.message === 'WORKER_SHUTDOWN'
}

function timeoutError({ node }: NodeTask): AppError {
  return new AppError(
    'NODE_TIMEOUT',
    { timeoutMs: node.timeoutMs },
    { message: `The step took longer than ${node.timeoutMs} ms.` },
  )
}

function toEventError({ code, message, details }: AppError): EventError {
  return { code, message, ...(details === undefined ? {} : { details }) }
}
