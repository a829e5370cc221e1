/** What is open in the name of a credential: sockets and streams of this process. */
export interface LiveAuthority {
  /**
   * Call when an API key or a sign-in has been revoked in the database: what is open in its name is closed, at once,
   * and so is what was being opened meanwhile. Answers how many were closed at once.
   */
  revoke(credentialId: string): number
}
