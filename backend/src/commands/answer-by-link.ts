import type { AnswerAccepted } from '@millrace/shared/api/prompts'
import type { Database } from '../repositories/database.ts'
import { answerPrompt } from './answer-prompt.ts'
import type { EngineClient } from './engine-client.ts'
import type { FoundPromptLink } from './find-prompt-link.ts'
import { hashRequest, runOnce } from './idempotent-request.ts'

export interface AnswerByLinkRequest {
  response: unknown
  /** Null: who answers stays nameless. */
  name: string | null
  /** Null: none came. */
  idempotencyKey: string | null
}

/**
 * Answers the question of a link, as a member would. The answerer is recorded as `link:<who made the link>`, by a name
 * that says that nobody checked it. Throws what `answerPrompt` throws, and AppError IDEMPOTENCY_KEY_REUSED.
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
  return runOnce(services.database, request, {
    status: 200,
    work: (seed) => answerPrompt(services, answerer, { requestId, response, seed }),
  })
}
