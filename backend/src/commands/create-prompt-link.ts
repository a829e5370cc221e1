import type { CreatedPromptLink } from '@millrace/shared/api/prompt-links'
import { AppError } from '@millrace/shared/errors/app-error'
import type { PromptLinkTokens } from '../auth/prompt-link-tokens.ts'
import type { Caller } from '../policies/caller.ts'
import type { Database } from '../repositories/database.ts'
import { findPrompt } from '../repositories/prompts.ts'
import { findMembership } from '../repositories/workspaces.ts'
import { closedPrompt } from './answer-prompt.ts'

const hourMs = 60 * 60 * 1000

/**
 * Makes a link by which somebody without an account answers one open question; it ends with the question's deadline.
 * Nothing is stored. Throws AppError PROMPT_NOT_FOUND, PROMPT_ALREADY_ANSWERED, PROMPT_CLOSED.
 */
export async function createPromptLink(
  { database, promptLinkTokens }: { database: Database; promptLinkTokens: PromptLinkTokens },
  { workspaceId, userId, apiKeyId }: Caller,
  { requestId, expiresInHours }: { requestId: string; expiresInHours: number },
): Promise<Omit<CreatedPromptLink, 'path'>> {
  const row = await findPrompt(database.orm, workspaceId, requestId)
  const membership = await findMembership(database.orm, workspaceId, userId)
  if (row === null || membership === null) throw new AppError('PROMPT_NOT_FOUND', { requestId })
  const closed = closedPrompt(row)
  if (closed !== null) throw closed
  const now = Date.now()
  const expiresAt = Math.min(now + expiresInHours * hourMs, row.deadline ?? Number.POSITIVE_INFINITY)
  // The run closes it a moment later; a link that opens nothing would only puzzle.
  if (expiresAt <= now) throw new AppError('PROMPT_CLOSED', { requestId, status: 'expired' })
  const memberSince = membership.createdAt
  return {
    token: promptLinkTokens.issue({ requestId, workspaceId, userId, memberSince, apiKeyId, expiresAt }),
    expiresAt,
  }
}
