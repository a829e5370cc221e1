/** Longer than any opening or refresh that read the credential before it was revoked takes, milliseconds. */
const rememberedMs = 60_000

/** Revoked in a minute; beyond this the oldest is forgotten, which was closed at once anyway. */
const rememberedMax = 10_000

/**
 * Credentials revoked just now. A socket that was authenticated before the revocation and accepted after it
 * is not among those that the revocation closed; the next sweep finds it here.
 */
export class RevokedCredentials {
  /** Epoch milliseconds of the revocation, oldest first. */
  readonly #revokedAt = new Map<string, number>()

  get count(): number {
    return this.#revokedAt.size
  }

  add(credentialId: string, now: number): void {
    this.#revokedAt.delete(credentialId)
    this.#revokedAt.set(credentialId, now)
    const [oldest] = this.#revokedAt.keys()
    if (this.#revokedAt.size > rememberedMax && oldest !== undefined) this.#revokedAt.delete(oldest)
  }

  has(credentialId: string | undefined): boolean {
    return credentialId !== undefined && this.#revokedAt.has(credentialId)
  }

  forgetOld(now: number): void {
    for (const [credentialId, revokedAt] of this.#revokedAt) {
      if (now - revokedAt < rememberedMs) return
      this.#revokedAt.delete(credentialId)
    }
  }
}
