import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { AppError, errorCodeOf, isErrorCode, toErrorBody } from '@millrace/shared/errors/app-error'
import { errorCatalogue } from '@millrace/shared/errors/catalogue'
import type { Database } from '../repositories/database.ts'
import {
  beginIdempotent,
  completeIdempotent,
  findIdempotent,
  type IdempotencyRow,
  releaseIdempotent,
  takeOverIdempotent,
} from '../repositories/idempotency-keys.ts'

/** A request that counts once, by whichever way it comes. */
export interface IdempotentRequest {
  /** Callers' keys never meet. */
  caller: string
  key: string
  requestHash: string
}

/** How often a request that waits for its twin looks, and for how long. */
const pollMs = 50
const waitMaxMs = 15_000
/** A try that has not come to an end after this belongs to a process that died. Longer than any request takes. */
const abandonedAfterMs = 60_000

/** The same for the same request over HTTP and over the socket, so that a client may try both under one key. */
export function hashRequest({ method, url, body }: { method: string; url: string; body: string }): string {
  return sha256(`${method}\n${url}\n${body}`)
}

/**
 * Notes the request as begun, goes on with one that came to no answer, or waits for the one that is at work. An
 * answered row is to be repeated; an unanswered one is the caller's to complete. `seed` is the same for every try of
 * one request, across failures and crashes too, for as long as the key is kept, and for no other request. Throws
 * AppError IDEMPOTENCY_KEY_REUSED, and IDEMPOTENCY_KEY_BUSY, under which the same request may come again.
 */
export async function beginRequest(
  database: Database,
  request: IdempotentRequest,
): Promise<{ row: IdempotencyRow; seed: string }> {
  const begun = await beginIdempotent(database.orm, { ...request, createdAt: Date.now() })
  const row = begun ?? (await waitForTwin(database, request))
  const { caller, key, requestHash } = request
  return { row, seed: sha256(`${caller}\n${key}\n${requestHash}\n${row.createdAt}`) }
}

/**
 * Keeps the answer for the next one with the key. A failure of ours says nothing about the request, which may have
 * taken effect all the same: the next try works again, under the same seed.
 */
export async function endRequest(
  database: Database,
  row: IdempotencyRow,
  answer: { status: number; body: unknown },
): Promise<void> {
  if (answer.status >= 500 || answer.status === 429) await releaseIdempotent(database.orm, row)
  else await completeIdempotent(database.orm, row, answer)
}

/**
 * Does the work once per key and repeats its answer, refusals included. Without a request (no key came) it just does
 * it. `isFurtherTry`: one before came to no answer, and may have taken effect.
 */
export async function runOnce<Answer extends object>(
  database: Database,
  request: IdempotentRequest | null,
  { status, work }: { status: number; work: (seed: string | null, isFurtherTry: boolean) => Promise<Answer> },
): Promise<Answer> {
  if (request === null) return work(null, false)
  const { row, seed } = await beginRequest(database, request)
  if (row.responseStatus !== null) return repeat(row.responseStatus, row.responseBody) as Answer
  try {
    const body = await work(seed, row.heldSince !== row.createdAt)
    await endRequest(database, row, { status, body })
    return body
  } catch (error) {
    const refused = errorCatalogue[errorCodeOf(error) ?? 'INTERNAL'].httpStatus
    await endRequest(database, row, { status: refused, body: toErrorBody(error) })
    throw error
  }
}

/** What was done under the key, told again where nothing is to be done any more; null: nothing, or something else. */
export async function findDone(database: Database, request: IdempotentRequest): Promise<unknown> {
  const row = await findIdempotent(database.orm, request)
  const isDone = row?.requestHash === request.requestHash && row.responseStatus !== null && row.responseStatus < 400
  return isDone ? row.responseBody : null
}

/**
 * Resolves with the row once it is answered, or once this try holds it: the one before came to no answer, or it is
 * plain that it never will.
 */
async function waitForTwin(database: Database, request: IdempotentRequest): Promise<IdempotencyRow> {
  const deadline = Date.now() + waitMaxMs
  for (;;) {
    const row = await findIdempotent(database.orm, request)
    const now = Date.now()
    if (row !== null && row.requestHash !== request.requestHash) throw new AppError('IDEMPOTENCY_KEY_REUSED')
    if (row !== null && row.responseStatus !== null) return row
    const held = await holdAgain(database, request, { row, now })
    if (held !== null) return held
    if (now > deadline) throw new AppError('IDEMPOTENCY_KEY_BUSY')
    await pause(pollMs)
  }
}

/** Null: another try holds it, or was quicker. */
async function holdAgain(
  { orm }: Database,
  request: IdempotentRequest,
  { row, now }: { row: IdempotencyRow | null; now: number },
): Promise<IdempotencyRow | null> {
  if (row === null) return beginIdempotent(orm, { ...request, createdAt: now })
  const abandonedBy = now - abandonedAfterMs
  const isHeld = row.heldSince !== null && row.heldSince > abandonedBy
  return isHeld ? null : takeOverIdempotent(orm, request, { now, abandonedBy })
}

function repeat(status: number, body: unknown): unknown {
  if (status < 400) return body
  const { code, message, details } = body as { code: unknown; message: string; details?: Record<string, unknown> }
  throw new AppError(isErrorCode(code) ? code : 'INTERNAL', details, { message })
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
