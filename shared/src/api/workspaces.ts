import { z } from 'zod'
import { NewAccount, Role } from './auth.ts'

const name = z.string().trim().min(1, 'Enter a name.').max(120)

export const Workspace = z.object({
  id: z.string(),
  name: z.string(),
  /** The caller's. */
  role: Role,
  memberCount: z.int().min(1),
  createdAt: z.number(),
})
export type Workspace = z.output<typeof Workspace>

export const NameWorkspace = z.object({ name })
export type NameWorkspace = z.input<typeof NameWorkspace>

export const Member = z.object({
  userId: z.string(),
  name: z.string(),
  email: z.string(),
  role: Role,
  joinedAt: z.number(),
})
export type Member = z.output<typeof Member>

export const ChangeMember = z.object({ role: Role })
export type ChangeMember = z.input<typeof ChangeMember>

/** How long links may live, hours: a link that is forgotten must not stay a door. */
export const linkHours = { min: 1, max: 24 * 30, default: 24 * 7 } as const
export const LinkHours = z.int().min(linkHours.min).max(linkHours.max).default(linkHours.default)

/** An open invitation. Accepted, revoked and expired ones are not listed. */
export const Invitation = z.object({
  id: z.string(),
  role: Role,
  createdByName: z.string(),
  createdAt: z.number(),
  expiresAt: z.number(),
})
export type Invitation = z.output<typeof Invitation>

export const CreateInvitation = z.object({ role: Role, expiresInHours: LinkHours })
export type CreateInvitation = z.input<typeof CreateInvitation>

/** The only answer that ever holds the token. A page puts it behind `#`, which browsers keep to themselves. */
export const CreatedInvitation = Invitation.extend({ token: z.string() })
export type CreatedInvitation = z.output<typeof CreatedInvitation>

export const LookUpInvitation = z.object({ token: z.string().min(1).max(200) })
export type LookUpInvitation = z.input<typeof LookUpInvitation>

export const InvitationPreview = z.object({
  workspaceName: z.string(),
  role: Role,
  createdByName: z.string(),
  expiresAt: z.number(),
})
export type InvitationPreview = z.output<typeof InvitationPreview>

/** Signed in: `token` alone. Without an account: also the one to make. */
export const AcceptInvitation = LookUpInvitation.extend({ account: NewAccount.optional() })
export type AcceptInvitation = z.input<typeof AcceptInvitation>

export const AcceptedInvitation = z.object({ workspaceId: z.string(), role: Role })
export type AcceptedInvitation = z.output<typeof AcceptedInvitation>
