import type { Role } from '@millrace/shared/api/auth'

/** Who is at the other end, as the HTTP part established it from a token or key. */
export interface Identity {
  /** share: whoever opened a share link; reads one execution and nothing else. */
  kind: 'user' | 'apiKey' | 'share'
  /** For an API key the user who made it, for a share link `share:<id of the link>`. */
  userId: string
  name: string
  /** The only workspaces whose events may ever be written to this identity's sockets; the one joined first first. */
  workspaces: { id: string; role: Role }[]
  /** The person who set the installation up, by sign-in or by key. */
  isInstaller?: boolean
  /** Of an API key and a share link; a user has all. */
  scopes?: string[]
  /** Set for a share link: the one execution it opens. */
  executionId?: string
  /** Epoch milliseconds; null: does not expire by itself. */
  expiresAt: number | null
  /** Of the API key, the sign-in or the share link, for revocation. */
  credentialId?: string
}

/** What an upgrade request or an `auth` message brought; at most one is set. */
export interface Credentials {
  token?: string
  apiKey?: string
}

/** Throws AppError NOT_AUTHENTICATED, INVALID_TOKEN or TOKEN_EXPIRED. */
export type Authenticate = (credentials: Credentials) => Promise<Identity>
