import type { Role } from '@millrace/shared/api/auth'

/** Who is at the other end, as the HTTP part established it from a token or key. */
export interface Identity {
  kind: 'user' | 'apiKey'
  /** For an API key the user who made it. */
  userId: string
  name: string
  /** The only workspaces whose events may ever be written to this identity's sockets. */
  workspaces: { id: string; role: Role }[]
  /** Of an API key; a user has all. */
  scopes?: string[]
  /** Epoch milliseconds; null: does not expire by itself. */
  expiresAt: number | null
  /** Of the API key or the sign-in, for revocation. */
  credentialId?: string
}

/** What an upgrade request or an `auth` message brought; at most one is set. */
export interface Credentials {
  token?: string
  apiKey?: string
}

/** Throws AppError NOT_AUTHENTICATED, INVALID_TOKEN or TOKEN_EXPIRED. */
export type Authenticate = (credentials: Credentials) => Promise<Identity>
