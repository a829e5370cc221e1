import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { hashToken } from './token-hash.ts'

/** Signed with the rest: tells the token from those of sessions and of other links, in front of any check. */
export const promptLinkPrefix = 'answer.'

/** What a link to answer says; rights are looked up at each use, never carried. */
export interface PromptLinkClaims {
  requestId: string
  workspaceId: string
  /** Who made it. */
  userId: string
  /** Epoch milliseconds: the membership by which it was made; a later one brings no old link back. */
  memberSince: number
  /** The key it was made with; null: made in person. */
  apiKeyId: string | null
  /** Epoch milliseconds. */
  expiresAt: number
}

export interface PromptLink extends PromptLinkClaims {
  /** The same for all that is said by one link; tells nothing of its token. */
  id: string
}

export interface PromptLinkTokens {
  issue(claims: PromptLinkClaims): string
  /** Null: not made here, changed, or expired. `now`: epoch milliseconds. */
  read(token: string, now: number): PromptLink | null
}

const Payload = z.tuple([z.string(), z.string(), z.string(), z.int(), z.string().nullable(), z.int()])

/**
 * Links that need no table: all they say stands in their token, under HMAC-SHA-256. `key`: theirs alone, so that no
 * token signed for something else passes here.
 */
export function createPromptLinkTokens(key: Buffer): PromptLinkTokens {
  const sign = (body: string) => createHmac('sha256', key).update(`${promptLinkPrefix}${body}`).digest()
  return {
    issue({ requestId, workspaceId, userId, memberSince, apiKeyId, expiresAt }) {
      const payload: z.input<typeof Payload> = [requestId, workspaceId, userId, memberSince, apiKeyId, expiresAt]
      const body = Buffer.from(JSON.stringify(payload)).toString('base64url')
      return `${promptLinkPrefix}${body}.${sign(body).toString('base64url')}`
    },
    read(token, now) {
      if (!token.startsWith(promptLinkPrefix)) return null
      const [body = '', signature = '', ...rest] = token.slice(promptLinkPrefix.length).split('.')
      const given = Buffer.from(signature, 'base64url')
      const expected = sign(body)
      if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) return null
      const payload = Payload.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString()))
      if (!payload.success) return null
      const [requestId, workspaceId, userId, memberSince, apiKeyId, expiresAt] = payload.data
      if (expiresAt <= now) return null
      return { requestId, workspaceId, userId, memberSince, apiKeyId, expiresAt, id: hashToken(body) }
    },
  }
}
