import type { Authenticated, User } from '@millrace/shared/api/auth'
import { inSessionLock } from './session-lock.ts'

/** A token this close to its end is renewed before a request uses it, in milliseconds. */
const renewBeforeMs = 30_000

export interface TokenKeeper {
  /** The token in hand, whatever its age; null when signed out. */
  current(): string | null
  /**
   * Counts whose token this is: another number after everybody who signed out or in. What began under one number must
   * not go on under the next.
   */
  signIn(): number
  /**
   * A token that is good for at least `lifeMs` more (30 s unless told); renews it when needed. Null when signed out,
   * also when somebody else has signed in before it came.
   */
  fresh(lifeMs?: number): Promise<string | null>
  keep(answer: Authenticated): void
  /**
   * Renews by the cookie for the person whose token is in hand. Callers at the same time share one request. Null: the
   * cookie is no longer good, or is somebody else's, or nobody is signed in here. Throws when no answer comes.
   */
  renew(): Promise<Authenticated | null>
  /** Takes up the session of the cookie, whoever's it is. Null: there is none. Throws when no answer comes. */
  resume(): Promise<Authenticated | null>
  forget(): void
}

/**
 * Holds the access token in memory only: storage could be read by any script of the page, and the
 * http-only cookie brings a new token after a reload.
 * @param requestRenewal asks the server once; null means refused.
 * @param onReplaced the cookie, which all tabs share, is somebody else's now: their token is not kept.
 */
export function createTokenKeeper(
  requestRenewal: () => Promise<Authenticated | null>,
  onReplaced: (user: User) => void = () => undefined,
): TokenKeeper {
  let token: string | null = null
  let goodUntil = 0
  let userId: string | null = null
  let signIn = 0
  /** Of the sign-in that is in force: `forget` and another person's `keep` leave an older one to itself. */
  let renewing: Promise<Authenticated | null> | null = null
  let resuming: Promise<Authenticated | null> | null = null

  function turn() {
    signIn += 1
    renewing = null
  }

  async function renewFor(ownId: string): Promise<Authenticated | null> {
    const own = signIn
    const answer = await inSessionLock(requestRenewal)
    // Signed out, or signed in anew, meanwhile.
    if (signIn !== own) return null
    if (answer?.user.id === ownId) {
      keeper.keep(answer)
      return answer
    }
    keeper.forget()
    if (answer !== null) onReplaced(answer.user)
    return null
  }

  const keeper: TokenKeeper = {
    current: () => token,
    signIn: () => signIn,
    async fresh(lifeMs = renewBeforeMs) {
      const own = signIn
      if (token !== null && Date.now() > goodUntil - lifeMs) await keeper.renew()
      return signIn === own ? token : null
    },
    keep(answer) {
      if (answer.user.id !== userId) turn()
      token = answer.accessToken
      goodUntil = Date.now() + answer.expiresIn * 1000
      userId = answer.user.id
    },
    renew() {
      if (userId === null) return Promise.resolve(null)
      if (renewing !== null) return renewing
      const own: Promise<Authenticated | null> = renewFor(userId).finally(() => {
        if (renewing === own) renewing = null
      })
      renewing = own
      return own
    },
    resume() {
      resuming ??= inSessionLock(requestRenewal)
        .then((answer) => {
          if (answer === null) keeper.forget()
          else keeper.keep(answer)
          return answer
        })
        .finally(() => {
          resuming = null
        })
      return resuming
    },
    forget() {
      turn()
      token = null
      goodUntil = 0
      userId = null
    },
  }
  return keeper
}
