import { z } from 'zod'
import { ValidationResult } from '../api/workflows.ts'
import { executionStatuses } from '../engine/execution-view.ts'
import { isErrorCode } from '../errors/app-error.ts'
import { EventError } from '../events/envelope.ts'
import { Answerer } from '../events/user-input.ts'
import { BrowserRun } from './browser-run.ts'
import { IdempotencyKey, Identifier, RequestId } from './identifiers.ts'

/** Bounds of what a connection may ask to be done. */
export const commandLimits = {
  /** Runs whose end a connection waits for; further ones are started, and their end is not told. */
  awaitedRunsMax: 20,
} as const

const id = z.union([z.string().max(64), z.int()]).optional()
const executionId = Identifier
const stamp = { timestamp: z.number() }
const idempotencyKey = IdempotencyKey.optional()

/** Client → server: the same commands as over HTTP, under the same idempotency keys. */
export const commandMessages = {
  /** Answers a question; the first valid answer counts. */
  'user:input:response': z.object({
    type: z.literal('user:input:response'),
    id,
    requestId: RequestId,
    response: z.unknown(),
    idempotencyKey,
  }),
  /** Starts a run. The same key starts it once, however often it is sent, and tells its end again. */
  'workflow:execute': z.object({
    type: z.literal('workflow:execute'),
    id,
    workflowId: Identifier,
    input: z.record(z.string(), z.unknown()).default({}),
    idempotencyKey,
  }),
  /** Records a run that has happened in this browser. */
  'workflow:browser_result': BrowserRun.extend({ type: z.literal('workflow:browser_result'), id, idempotencyKey }),
  /** Looks for problems in a drawing; nothing is stored. */
  'workflow:validate': z.object({ type: z.literal('workflow:validate'), id, definition: z.unknown() }),
} as const

/** Server → client: their answers. */
export const commandAnswers = {
  'user:input:accepted': z.object({
    type: z.literal('user:input:accepted'),
    ...stamp,
    id,
    requestId: z.string(),
    executionId,
    response: z.record(z.string(), z.unknown()),
    answeredBy: Answerer,
    answeredAt: z.number(),
  }),
  'workflow:accepted': z.object({
    type: z.literal('workflow:accepted'),
    ...stamp,
    id,
    executionId,
    /** False: the connection waits for as many runs as it may, so the end of this one will not be told. */
    awaited: z.boolean(),
  }),
  /** The run is over. */
  'workflow:result': z.object({
    type: z.literal('workflow:result'),
    ...stamp,
    id,
    executionId,
    status: z.enum(executionStatuses),
    outputs: z.record(z.string(), z.unknown()).optional(),
    error: EventError.optional(),
  }),
  'workflow:recorded': z.object({ type: z.literal('workflow:recorded'), ...stamp, id, executionId }),
  /** There is no run. */
  'workflow:error': z.object({
    type: z.literal('workflow:error'),
    ...stamp,
    id,
    code: z.string().refine(isErrorCode),
    message: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
  'workflow:validated': z.object({ type: z.literal('workflow:validated'), ...stamp, id, ...ValidationResult.shape }),
} as const

/** Messages that need commands; everything else is delivery's own. */
export type CommandMessageType = keyof typeof commandMessages
