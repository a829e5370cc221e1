import type { Authenticated } from '@millrace/shared/api/auth'

/** A token this close to its end is renewed before a request uses it, in milliseconds. */
const renewBeforeMs = 30_000

export interface TokenKeeper {
  /** The token in hand, whatever its age; null when signed out. */
  current(): string | null
  /** A token that is good for at least `lifeMs` more (30 s unless told); renews it when needed. Null when signed out. */
  fresh(lifeMs?: number): Promise<string | null>
  keep(answer: Authenticated): void
  /** Renews by the cookie. Callers at the same time share one request. Null: the cookie is no longer good. Throws when no answer comes. */
  renew(): Promise<Authenticated | null>
  forget(): void
}

/**
 * Holds the access token in memory only: storage could be read by any script of the page, and the
 * http-only cookie brings a new token after a reload.
 * @param requestRenewal asks the server once; null means refused.
 */
export function createTokenKeeper(requestRenewal: () => Promise<Authenticated | null>): TokenKeeper {
  let token: string | null = null
  let goodUntil = 0
  let renewing: Promise<Authenticated | null> | null = null

  const keeper: TokenKeeper = {
    current: () => token,
    async fresh(lifeMs = renewBeforeMs) {
      if (token !== null && Date.now() > goodUntil - lifeMs) await keeper.renew()
      return token
    },
    keep(answer) {
      token = answer.accessToken
      goodUntil = Date.now() + answer.expiresIn * 1000
    },
    renew() {
      renewing ??= oneTabAtATime(requestRenewal)
        .then((answer) => {
          if (answer === null) keeper.forget()
          else keeper.keep(answer)
          return answer
        })
        .finally(() => {
          renewing = null
        })
      return renewing
    },
    forget() {
      token = null
      goodUntil = 0
    },
  }
  return keeper
}

/**
 * The cookie changes with every renewal, and a used one counts as stolen: two tabs must not send the same. Signing out
 * sends it too. `work` must not renew.
 */
export function oneTabAtATime<Result>(work: () => Promise<Result>): Promise<Result> {
  const locks = typeof navigator === 'undefined' ? undefined : (navigator.locks as LockManager | undefined)
  if (locks === undefined) return work()
  return locks.request('millrace-refresh', work) as Promise<Result>
}
