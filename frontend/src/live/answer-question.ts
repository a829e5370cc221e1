import type { AnswerAccepted } from '@millrace/shared/api/prompts'
import type { SocketClient } from '@millrace/shared/client/socket-client'
import { type AppError, errorCodeOf } from '@millrace/shared/errors/app-error'
import { errorCatalogue } from '@millrace/shared/errors/catalogue'
import { ApiError, isApiError } from '../api/api-error.ts'
import { answerPrompt } from '../api/prompts.ts'
import { randomId } from '../api/random-id.ts'

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
 * its fate is known, so that giving it again counts once. Throws ApiError, also PROMPT_ALREADY_ANSWERED, PROMPT_CLOSED
 * and PROMPT_RESPONSE_INVALID.
 */
export async function answerQuestion(
  client: SocketClient | null,
  requestId: string,
  response: unknown,
): Promise<AnswerAccepted> {
  const name = JSON.stringify([requestId, response])
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
    if (!isApiError(error) || !isUnknownFate(error.code)) keys.delete(name)
    throw error
  }
}

async function send(
  client: SocketClient | null,
  requestId: string,
  response: unknown,
  idempotencyKey: string,
): Promise<AnswerAccepted> {
  const status = client?.state.status
  if (client === null || status === 'idle' || status === 'stopped')
    return answerPrompt(requestId, response, { idempotencyKey })
  if (status === 'connecting' || status === 'offline') {
    try {
      return await answerPrompt(requestId, response, { idempotencyKey, signal: AbortSignal.timeout(requestMaxMs) })
    } catch (error) {
      // Without any way it waits for the connection; the server itself has not spoken.
      if (!isApiError(error) || !(error.code === 'NETWORK' || isOfProxy(error))) throw error
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
    if (code === 'PAYLOAD_TOO_LARGE' || code === 'BUFFER_FULL')
      return answerPrompt(requestId, response, { idempotencyKey })
    const { message, details } = error as AppError
    throw new ApiError(errorCatalogue[code].httpStatus, code, message, details === undefined ? {} : { details })
  }
}

/** What stands before the server answers in its place while the server is away. */
function isOfProxy({ code, status }: ApiError): boolean {
  return code === 'UNEXPECTED_ANSWER' && status >= 500
}

function isUnknownFate(code: string): boolean {
  return code === 'NETWORK' || code === 'REQUEST_TIMED_OUT' || code === 'CLIENT_CLOSED'
}
