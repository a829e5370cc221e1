import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { AnswerAccepted } from '@millrace/shared/api/prompts'
import { readAnswer } from '@millrace/shared/engine/check-answer'
import { promptConfigOf } from '@millrace/shared/engine/prompt-request'
import { AppError, errorCodeOf } from '@millrace/shared/errors/app-error'
import type { Answerer } from '@millrace/shared/events/user-input'
import type { JsonObject } from '@millrace/shared/json'
import type { Database } from '../repositories/database.ts'
import { findPlan } from '../repositories/executions.ts'
import { findPrompt, type PromptRow } from '../repositories/prompts.ts'
import type { EngineClient } from './engine-client.ts'

export interface AnswerPromptRequest {
  requestId: string
  response: unknown
  /** Of the idempotency key; null: derived from who answers what, so that a click sent twice counts once. */
  seed: string | null
  /** Several people answer as this answerer, so that an answer of theirs may be another's. */
  isAnswererShared?: boolean
}

/**
 * Gives the first valid answer to a question. The run decides, not the row: of two answers at the same time
 * one is accepted, and the other is told by whom and when. Who gives the answer that is theirs already is told that it
 * counts: the try before may have taken effect without a word of it. Throws AppError PROMPT_NOT_FOUND,
 * PROMPT_ALREADY_ANSWERED, PROMPT_CLOSED, PROMPT_RESPONSE_INVALID, TEMPORAL_UNAVAILABLE.
 */
export async function answerPrompt(
  { database, engine }: { database: Database; engine: EngineClient },
  answerer: Answerer & { workspaceId: string },
  { requestId, response, seed, isAnswererShared = false }: AnswerPromptRequest,
): Promise<AnswerAccepted> {
  const row = await findPrompt(database.orm, answerer.workspaceId, requestId)
  if (row === null) throw new AppError('PROMPT_NOT_FOUND', { requestId })
  const closed = closedPrompt(row)
  if (closed !== null && (isAnswererShared || !isAnsweredBy(row, answerer))) throw closed
  const { executionId } = row
  const normal = await readResponse(database, row, response)
  if (closed !== null) return repeatAnswer(row, answerer, normal)
  try {
    const accepted = await engine.answer({
      executionId,
      requestId,
      response: normal,
      answeredBy: { userId: answerer.userId, name: answerer.name },
      idempotencyKey: seed ?? sha256(JSON.stringify([answerer.userId, requestId, normal])),
    })
    return { accepted: true, requestId, executionId, ...accepted }
  } catch (error) {
    // A run that ended meanwhile only knows that it is over; the row tells whether somebody's answer ended it.
    const code = errorCodeOf(error)
    if (code !== 'PROMPT_ALREADY_ANSWERED' && code !== 'PROMPT_CLOSED') throw error
    const newest = await findPrompt(database.orm, answerer.workspaceId, requestId)
    if (newest?.status !== 'answered') throw error
    if (isAnswererShared) throw alreadyAnswered(newest)
    return repeatAnswer(newest, answerer, normal)
  }
}

/** The answer again, to who gave it in the same words. Throws AppError PROMPT_ALREADY_ANSWERED to everybody else. */
function repeatAnswer(row: PromptRow, answerer: Answerer, response: JsonObject): AnswerAccepted {
  const { requestId, executionId, closedAt: answeredAt } = row
  const isOwn = isAnsweredBy(row, answerer) && isDeepStrictEqual(row.response, response)
  if (!isOwn || answeredAt === null) throw alreadyAnswered(row)
  const { userId, name } = answerer
  return { accepted: true, requestId, executionId, response, answeredBy: { userId, name }, answeredAt }
}

function isAnsweredBy({ status, answeredBy }: PromptRow, { userId, name }: Answerer): boolean {
  return status === 'answered' && isDeepStrictEqual(answeredBy, { userId, name })
}

/** What is said of a question to who comes too late; null: it is open. */
export function closedPrompt(row: PromptRow): AppError | null {
  const { requestId, status } = row
  if (status === 'open') return null
  return status === 'answered' ? alreadyAnswered(row) : new AppError('PROMPT_CLOSED', { requestId, status })
}

/** By the question's set-up in the plan that the run carries; the run reads it once more. */
async function readResponse(database: Database, row: PromptRow, response: unknown): Promise<JsonObject> {
  const plan = await findPlan(database.orm, row.executionId)
  const node = plan?.nodes.find(({ id }) => id === row.nodeId)
  if (node === undefined) throw new AppError('PROMPT_NOT_FOUND', { requestId: row.requestId })
  const check = readAnswer(promptConfigOf(node.config), response)
  if (!check.ok) throw new AppError(check.code, check.details, { message: check.message })
  return check.response
}

function alreadyAnswered({ requestId, answeredBy, closedAt, response }: PromptRow): AppError {
  const name = typeof answeredBy === 'object' && answeredBy !== null && 'name' in answeredBy ? answeredBy.name : null
  return new AppError(
    'PROMPT_ALREADY_ANSWERED',
    { requestId, answeredBy, answeredAt: closedAt, response },
    { message: `${typeof name === 'string' ? name : 'Somebody'} has answered already.` },
  )
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
