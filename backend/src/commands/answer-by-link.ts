import { AnswerAccepted } from '@millrace/shared/api/prompts'
import { AppError } from '@millrace/shared/errors/app-error'
import type { Database } from '../repositories/database.ts'
import { answerPrompt } from './answer-prompt.ts'
import type { EngineClient } from './engine-client.ts'
import type { FoundPromptLink } from './find-prompt-link.ts'
import { findDone, hashRequest, type IdempotentRequest, runOnce } from './idempotent-request.ts'

export interface AnswerByLinkRequest {
  response: unknown
  /** Null: who answers stays nameless. */
  name: string | null
  /** Null: none came. */
  idempotencyKey: string | null
}

/**
 * Answers the question of a link, as a member would. The answerer is recorded as `link:<who made the link>`, by a name
 * that says that nobody checked it. Once the link has ended, an answer that counted before is told again under its key
 * and nothing else is done. Throws what `answerPrompt` throws, and AppError IDEMPOTENCY_KEY_REUSED, PROMPT_LINK_NOT_FOUND.
 */
export async function answerByLink(
  services: { database: Database; engine: EngineClient },
  { link, makerName }: FoundPromptLink,
  { response, name, idempotencyKey: key }: AnswerByLinkRequest,
): Promise<AnswerAccepted> {
  const { workspaceId, requestId, userId } = link
  const answerer = {
    workspaceId,
    userId: `link:${userId}`,
    name: `${name ?? 'Somebody'} (by a link from ${makerName})`,
  }
  const body = JSON.stringify({ response, name })
  // By what the link says, not by its token, which nothing is to be derived from that is stored.
  const url = `/api/prompt-links/${link.id}/answer`
  const request =
    key === null
      ? null
      : { caller: `prompt-link:${link.id}`, key, requestHash: hashRequest({ method: 'POST', url, body }) }
  if (link.expiresAt <= Date.now()) return repeatAfterEnd(services.database, request)
  try {
    return await runOnce(services.database, request, {
      status: 200,
      // Whoever has the link answers as the same one, so only what was begun before is surely of the same person.
      work: (seed, isFurtherTry) =>
        answerPrompt(services, answerer, { requestId, response, seed, isAnswererShared: !isFurtherTry }),
    })
  } catch (error) {
    throw withoutWords(error)
  }
}

/** Who has a link is told who was first, by name, and not with what. */
function withoutWords(error: unknown): unknown {
  if (!(error instanceof AppError) || error.code !== 'PROMPT_ALREADY_ANSWERED') return error
  const { requestId, answeredBy, answeredAt } = error.details ?? {}
  const isNamed = typeof answeredBy === 'object' && answeredBy !== null && 'name' in answeredBy
  const answerer = { name: isNamed ? answeredBy.name : null }
  return new AppError(error.code, { requestId, answeredBy: answerer, answeredAt }, { message: error.message })
}

async function repeatAfterEnd(database: Database, request: IdempotentRequest | null): Promise<AnswerAccepted> {
  const done = AnswerAccepted.safeParse(request === null ? null : await findDone(database, request))
  if (!done.success) throw new AppError('PROMPT_LINK_NOT_FOUND')
  return done.data
}
