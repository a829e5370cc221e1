import { z } from 'zod'
import { LinkHours } from './workspaces.ts'

/** A read-only view of one execution for people without an account. Revoked and expired ones are not listed. */
export const ShareLink = z.object({
  id: z.string(),
  executionId: z.string(),
  createdByName: z.string(),
  createdAt: z.number(),
  expiresAt: z.number(),
  lastOpenedAt: z.number().optional(),
})
export type ShareLink = z.output<typeof ShareLink>

export const CreateShareLink = z.object({ expiresInHours: LinkHours })
export type CreateShareLink = z.input<typeof CreateShareLink>

/** The only answer that ever holds the token. */
export const CreatedShareLink = ShareLink.extend({ token: z.string() })
export type CreatedShareLink = z.output<typeof CreatedShareLink>

export const OpenShareLink = z.object({ token: z.string().min(1).max(200) })
export type OpenShareLink = z.input<typeof OpenShareLink>

/** A token for the socket and the execution's addresses, and nothing else. `expiresIn`: seconds; open the link again for a fresh one. */
export const OpenedShareLink = z.object({
  accessToken: z.string(),
  expiresIn: z.int(),
  executionId: z.string(),
  workflowName: z.string(),
  sharedByName: z.string(),
  expiresAt: z.number(),
})
export type OpenedShareLink = z.output<typeof OpenedShareLink>
