import type { AnswerAccepted } from '@millrace/shared/api/prompts'
import type { SocketClient } from '@millrace/shared/client/socket-client'
import { AppError, errorCodeOf } from '@millrace/shared/errors/app-error'
import { errorCatalogue } from '@millrace/shared/errors/catalogue'
import { ApiError, isApiError } from '../api/api-error.ts'
import { answerPrompt } from '../api/prompts.ts'
import { randomId } from '../api/random-id.ts'
import { isUnknownFate, isWithoutServer } from '../api/unknown-fate.ts'
import { useSession } from '../stores/session-store.ts'

/** An answer waits this long for a connection, in milliseconds; the server keeps its key for a day. */
const waitsMs = 12 * 3_600_000
/** A request over a line that looks dead is given up after this, in milliseconds; the answer then waits. */
const requestMaxMs = 10_000
/** Keys of answers whose fate is not known yet: more than are ever on the way at once. */
const keysMax = 100

const keys = new Map<string, string>()

/**
 * Answers a question once, by whatever way there is: over the socket, where it waits for a connection that is lost, or
 * over HTTP where there is no socket, or it does not come about while HTTP does. The same answer keeps its key until
 * its fate is known, so that giving it again counts once. It goes no other way once its client was closed: whoever uses
 * the tab then may be somebody else. Throws ApiError, also PROMPT_ALREADY_ANSWERED, PROMPT_CLOSED,
 * PROMPT_RESPONSE_INVALID and CLIENT_CLOSED.
 */
export async function answerQuestion(
  client: SocketClient | null,
  requestId: string,
  response: unknown,
): Promise<AnswerAccepted> {
  const name = JSON.stringify([useSession.getState().user?.id ?? null, requestId, response])
  const key = keys.get(name) ?? randomId()
  keys.set(name, key)
  const [oldest] = keys.keys()
  if (keys.size > keysMax && oldest !== undefined) keys.delete(oldest)
  try {
    const accepted = await send(client, requestId, response, key)
    keys.delete(name)
    return accepted
  } catch (error) {
    // A refusal belongs to its key; the same answer may be right later.
    if (!isUnknownFate(error)) keys.delete(name)
    throw error
  }
}

async function send(
  client: SocketClient | null,
  requestId: string,
  response: unknown,
  idempotencyKey: string,
): Promise<AnswerAccepted> {
  if (client === null || isOver(client)) return answerPrompt(requestId, response, { idempotencyKey })
  const { status } = client.state
  if (status === 'connecting' || status === 'offline') {
    try {
      return await answerPrompt(requestId, response, { idempotencyKey, signal: AbortSignal.timeout(requestMaxMs) })
    } catch (error) {
      // Without any way it waits for the connection; the server itself has not spoken.
      if (!isApiError(error) || !isWithoutServer(error)) throw error
      if (isOver(client)) throw toApiError(new AppError('CLIENT_CLOSED'))
    }
  }
  try {
    const accepted = await client.answer(requestId, response, { idempotencyKey, timeoutMs: waitsMs })
    const { executionId, answeredBy, answeredAt } = accepted
    return { accepted: true, requestId, executionId, response: accepted.response, answeredBy, answeredAt }
  } catch (error) {
    const code = errorCodeOf(error)
    if (code === null) throw error
    // More than fits the socket, or waits for it, may still fit a request.
    if ((code === 'PAYLOAD_TOO_LARGE' || code === 'BUFFER_FULL') && !isOver(client))
      return answerPrompt(requestId, response, { idempotencyKey })
    throw toApiError(error as AppError)
  }
}

/** It will not connect by itself any more: closed with its workspace or sign-in, or refused. */
function isOver({ state: { status } }: SocketClient): boolean {
  return status === 'idle' || status === 'stopped'
}

function toApiError({ code, message, details }: AppError): ApiError {
  return new ApiError(errorCatalogue[code].httpStatus, code, message, details === undefined ? {} : { details })
}
