import { Authenticated, AuthState, type LoginRequest, type SetupRequest, type User } from '@millrace/shared/api/auth'
import { create } from 'zustand'
import { http, tokens } from '../api/http.ts'
import { inSessionLock } from '../api/session-lock.ts'

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
  boot: () => Promise<void>
  /** Creates the owner and signs in. Throws ApiError. */
  setUp: (request: SetupRequest) => Promise<void>
  /** Throws ApiError. */
  signIn: (request: LoginRequest) => Promise<void>
  /** Goes on with a session that the server has just opened. */
  enter: (answer: Authenticated) => void
  signOut: () => Promise<void>
  /** The server has ended the session. */
  lose: () => void
  /** This browser's session is somebody else's now. */
  replace: (next: User) => void
}

/** Who uses this tab. The token itself is kept by `api/http.ts`, in memory only. */
export const useSession = create<Session>()((set, get) => {
  const enter = (answer: Authenticated) => {
    tokens.keep(answer)
    set({ phase: 'signed-in', user: answer.user, replaced: null })
  }
  return {
    phase: 'booting',
    user: null,
    replaced: null,
    setupTokenRequired: false,
    async boot() {
      try {
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
      const answer = await inSessionLock(() =>
        http.request('POST', '/api/auth/login', {
          schema: Authenticated,
          body,
          authenticated: false,
          signal: timeLimit(),
        }),
      )
      enter(answer)
    },
    enter,
    async signOut() {
      try {
        // By the cookie alone: a request that renewed its token first would wait for this lock.
        await inSessionLock(() =>
          http.request('POST', '/api/auth/logout', { body: {}, authenticated: false, signal: timeLimit() }),
        )
      } finally {
        tokens.forget()
        set({ phase: 'signed-out', user: null })
      }
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
