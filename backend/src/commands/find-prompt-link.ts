import { AppError } from '@millrace/shared/errors/app-error'
import type { PromptLink, PromptLinkTokens } from '../auth/prompt-link-tokens.ts'
import { isPermitted } from '../policies/permissions.ts'
import { isApiKeyAlive } from '../repositories/api-keys.ts'
import type { Database, Tx } from '../repositories/database.ts'
import { findPrompt, type PromptRow } from '../repositories/prompts.ts'
import { findUser } from '../repositories/users.ts'
import { findMembership } from '../repositories/workspaces.ts'

export interface FoundPromptLink {
  link: PromptLink
  prompt: PromptRow
  /** Who made it, as others see them. */
  makerName: string
}

/**
 * The question that a link is about, as long as who made it may answer it. Throws AppError PROMPT_LINK_NOT_FOUND alike
 * for what is expired, forged or of no use any more. `isEndedToo`: its time may be over.
 */
export async function findPromptLink(
  { database, promptLinkTokens }: { database: Database; promptLinkTokens: PromptLinkTokens },
  token: string,
  { isEndedToo = false } = {},
): Promise<FoundPromptLink> {
  const link = promptLinkTokens.read(token, isEndedToo ? 0 : Date.now())
  if (link === null || !(await mayMakerAnswer(database.orm, link))) throw new AppError('PROMPT_LINK_NOT_FOUND')
  const maker = await findUser(database.orm, link.userId)
  const prompt = await findPrompt(database.orm, link.workspaceId, link.requestId)
  if (maker === null || prompt === null) throw new AppError('PROMPT_LINK_NOT_FOUND')
  return { link, prompt, makerName: maker.name }
}

/** By the membership and the key with which the link was made; neither a later one nor another one counts. */
async function mayMakerAnswer(tx: Tx, { workspaceId, userId, memberSince, apiKeyId }: PromptLink): Promise<boolean> {
  const membership = await findMembership(tx, workspaceId, userId)
  if (membership === null || membership.createdAt !== memberSince) return false
  if (!isPermitted({ role: membership.role, scopes: null }, 'answer')) return false
  return apiKeyId === null || isApiKeyAlive(tx, apiKeyId)
}
