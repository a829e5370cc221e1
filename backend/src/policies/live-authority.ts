import type { Role } from '@millrace/shared/api/auth'

/**
 * Call when rights were taken or changed in the database, after the commit: what is open in their name here follows
 * at once. Other processes read of it in `authority_changes`, which the same transaction has written.
 */
export interface LiveAuthority {
  /**
   * An API key, a sign-in or a share link is gone: what is open in its name is closed, and so is what was being
   * opened meanwhile. Answers how many were closed at once.
   */
  revoke(credentialId: string): number
  /** The memberships of a user changed: they are read again. Never rejects. */
  refresh(userId: string): Promise<void>
}

/** What is open in this process, as far as authority is concerned. */
export interface LiveConnections {
  revoke(credentialId: string): number
  /** All workspaces of a user as they are now: who lost one hears and reads nothing of it any more. */
  setMemberships(userId: string, workspaces: readonly { id: string; role: Role }[]): void
  /** Whether anything is open in the name of a user, by sign-in or by key. */
  hasUser(userId: string): boolean
  /**
   * Rights are as this process knows them until then, of `performance.now()`; beyond it no event is delivered before
   * the next call. What was never called holds nothing back.
   */
  trustUntil(untilMs: number): void
  /** Closes everything in a way that clients come back from, and are asked who they are. */
  askAgain(): number
}
