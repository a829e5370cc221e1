import { Authenticated, AuthState, type LoginRequest, type SetupRequest, type User } from '@millrace/shared/api/auth'
import { create } from 'zustand'
import { isApiError } from '../api/api-error.ts'
import { http, tokens } from '../api/http.ts'
import { inSessionLock } from '../api/session-lock.ts'
import { isSignOutOwed, oweSignOut } from './owed-sign-out.ts'

/** Other tabs wait meanwhile: a busy server takes a second or two for a password, in milliseconds. */
const timeLimit = () => AbortSignal.timeout(15_000)

/**
 * booting: asking who we are. setup: there is no owner yet. signed-out, signed-in: as they say.
 * unreachable: the server did not answer while booting; `boot` tries again. replaced: another tab of this browser has
 * signed somebody else in, whose session `boot` takes up.
 */
export type SessionPhase = 'booting' | 'setup' | 'signed-out' | 'signed-in' | 'unreachable' | 'replaced'

export interface Session {
  phase: SessionPhase
  user: User | null
  /** Only in the phase `replaced`: who was signed in here, and who is now. */
  replaced: { former: User; next: User } | null
  setupTokenRequired: boolean
  /** Who left here has gone, but the server has not heard of it: it is told again before anybody goes on. */
  isSignOutOwed: boolean
  boot: () => Promise<void>
  /** Creates the owner and signs in. Throws ApiError. */
  setUp: (request: SetupRequest) => Promise<void>
  /** Throws ApiError. */
  signIn: (request: LoginRequest) => Promise<void>
  /** Goes on with a session that the server has just opened. */
  enter: (answer: Authenticated) => void
  /** Leaves at once, and does not throw: where the server does not answer, `isSignOutOwed` says so. */
  signOut: () => Promise<void>
  /** The server has ended the session. */
  lose: () => void
  /** This browser's session is somebody else's now. */
  replace: (next: User) => void
}

/** Who uses this tab. The token itself is kept by `api/http.ts`, in memory only. */
export const useSession = create<Session>()((set, get) => {
  const enter = (answer: Authenticated) => {
    // The cookie that was to end has been replaced.
    oweSignOut(false)
    tokens.keep(answer)
    set({ phase: 'signed-in', user: answer.user, replaced: null, isSignOutOwed: false })
  }
  /** Ends the session of the cookie. In the lock. Throws ApiError. */
  const endSession = async () => {
    try {
      // By the cookie alone: a request that renewed its token first would wait for this lock.
      await http.request('POST', '/api/auth/logout', { body: {}, authenticated: false, signal: timeLimit() })
    } catch (error) {
      // There is none any more.
      if (!isApiError(error) || error.status !== 401) throw error
    }
    oweSignOut(false)
    set({ isSignOutOwed: false })
  }
  let ending: Promise<void> | null = null
  const isOwed = () => get().isSignOutOwed || isSignOutOwed()
  return {
    phase: 'booting',
    user: null,
    replaced: null,
    setupTokenRequired: false,
    isSignOutOwed: false,
    async boot() {
      try {
        if (isOwed()) {
          // The gate asks to boot every few seconds; they must not queue up for the lock.
          ending ??= inSessionLock(endSession).finally(() => {
            ending = null
          })
          await ending
        }
        const state = await http.request('GET', '/api/auth/state', { schema: AuthState, authenticated: false })
        if (state.setupRequired) {
          set({ phase: 'setup', setupTokenRequired: state.setupTokenRequired })
          return
        }
        const answer = await tokens.resume()
        if (answer === null) set({ phase: 'signed-out', user: null, replaced: null })
        else enter(answer)
      } catch {
        set({ phase: 'unreachable' })
      }
    },
    async setUp(body) {
      enter(await http.request('POST', '/api/auth/setup', { schema: Authenticated, body, authenticated: false }))
    },
    async signIn(body) {
      // A renewal in another tab would put its own cookie over the new one.
      const answer = await inSessionLock(async () => {
        if (isOwed()) await endSession()
        return http.request('POST', '/api/auth/login', {
          schema: Authenticated,
          body,
          authenticated: false,
          signal: timeLimit(),
        })
      })
      enter(answer)
    },
    enter,
    async signOut() {
      const signIn = tokens.signIn()
      try {
        await inSessionLock(endSession)
      } catch {
        // Told by the sign-in page. Not kept where somebody else has signed in meanwhile.
        if (tokens.signIn() === signIn) {
          oweSignOut(true)
          set({ isSignOutOwed: true })
        }
      }
      if (tokens.signIn() !== signIn) return
      tokens.forget()
      set({ phase: 'signed-out', user: null, replaced: null })
    },
    lose() {
      tokens.forget()
      // Whoever was replaced is told so; what still comes in of the former session changes nothing.
      if (get().phase !== 'replaced') set({ phase: 'signed-out', user: null })
    },
    replace(next) {
      const former = get().user
      tokens.forget()
      if (former !== null) set({ phase: 'replaced', user: null, replaced: { former, next } })
    },
  }
})
