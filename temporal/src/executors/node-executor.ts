import { AppError, type ErrorDetails } from '@millrace/shared/errors/app-error'
import type { ErrorCode } from '@millrace/shared/errors/catalogue'
import type { Json, JsonObject } from '@millrace/shared/json'
import type { LogLevel } from '../activities/node-events.ts'
import type { EnginePorts, EventOwner } from '../ports.ts'

/** What an effect may use. Everything it says is stored before the attempt ends. */
export interface EffectContext {
  owner: EventOwner
  executionId: string
  nodePath: string
  /** Real tries so far, this one included: lost workers do not count. */
  tryNumber: number
  /** The same in every attempt of one node generation (R7). */
  idempotencyKey: string
  /** Aborts on cancellation and at the attempt's timeout. */
  signal: AbortSignal
  ports: Pick<EnginePorts, 'models' | 'http' | 'knowledge'>
  /** Streams text; await it. */
  emitText(text: string, tokens: number): Promise<void>
  /**
   * One line for whoever builds the workflow: stored, shown live, and logged by the process, all by this call. debug:
   * how it went on; info: what was asked and what came; warn: the step goes on, yet somebody should look; error: why it
   * does not. Without secrets, addresses beyond the host, and contents. Bounded per attempt.
   */
  log(level: LogLevel, message: string): Promise<void>
  progress(percentage: number | undefined, message?: string): Promise<void>
}

export interface EffectResult {
  output: Json
  /** The way on, where the effect chooses one. */
  port?: string
  metadata?: JsonObject
}

/** What a node type does. `config` is rendered but not yet parsed. Throws AppError; EffectError to overrule the catalogue. */
export type NodeExecutor = (config: JsonObject, context: EffectContext) => Promise<EffectResult>

/** A failure that knows better than the catalogue whether and when to try again. */
export class EffectError extends AppError {
  readonly isRetryable: boolean
  /** Milliseconds that the other side asked to wait. */
  readonly retryAfterMs: number | undefined

  constructor(
    code: ErrorCode,
    options: { message: string; details?: ErrorDetails; isRetryable: boolean; retryAfterMs?: number | undefined },
  ) {
    super(code, options.details, { message: options.message })
    this.isRetryable = options.isRetryable
    this.retryAfterMs = options.retryAfterMs
  }
}
