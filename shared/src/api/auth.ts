import { z } from 'zod'

export const Role = z.enum(['owner', 'editor', 'operator', 'viewer'])
export type Role = z.output<typeof Role>

export const User = z.object({ id: z.string(), email: z.string(), name: z.string() })
export type User = z.output<typeof User>

export const AuthState = z.object({ setupRequired: z.boolean(), setupTokenRequired: z.boolean() })
export type AuthState = z.output<typeof AuthState>

const email = z
  .email('Enter an e-mail address.')
  .max(254)
  .transform((value) => value.trim().toLowerCase())
const password = z.string().min(8, 'Use at least 8 characters.').max(200)

/** What a person fills in who has no account yet. */
export const NewAccount = z.object({
  email,
  password,
  name: z.string().trim().min(1, 'Enter your name.').max(120),
})
export type NewAccount = z.input<typeof NewAccount>

export const SetupRequest = NewAccount.extend({
  /** Printed at start when the server listens on more than loopback. */
  setupToken: z.string().max(200).optional(),
})
export type SetupRequest = z.input<typeof SetupRequest>

export const LoginRequest = z.object({ email, password: z.string().min(1).max(200) })
export type LoginRequest = z.input<typeof LoginRequest>

/** `expiresIn`: seconds. The refresh token travels in an http-only cookie. */
export const Authenticated = z.object({ accessToken: z.string(), expiresIn: z.int(), user: User })
export type Authenticated = z.output<typeof Authenticated>

export const Me = z.object({
  user: User,
  workspaces: z.array(z.object({ id: z.string(), name: z.string(), role: Role })),
})
export type Me = z.output<typeof Me>

export const apiKeyScopes = ['read', 'write', 'run', 'answer'] as const
export const ApiKey = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(z.enum(apiKeyScopes)),
  createdAt: z.number(),
  lastUsedAt: z.number().optional(),
})
export type ApiKey = z.output<typeof ApiKey>

export const CreateApiKey = z.object({
  name: z.string().trim().min(1).max(120),
  scopes: z
    .array(z.enum(apiKeyScopes))
    .min(1)
    .default([...apiKeyScopes]),
})
export type CreateApiKey = z.input<typeof CreateApiKey>

/** The only answer that ever holds the key. */
export const CreatedApiKey = ApiKey.extend({ key: z.string() })
export type CreatedApiKey = z.output<typeof CreatedApiKey>
