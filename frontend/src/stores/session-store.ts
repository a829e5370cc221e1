import { Authenticated, AuthState, type LoginRequest, type SetupRequest, type User } from '@millrace/shared/api/auth'
import { create } from 'zustand'
import { http, tokens } from '../api/http.ts'
import { oneTabAtATime } from '../api/token-keeper.ts'

/**
 * booting: asking who we are. setup: there is no owner yet. signed-out, signed-in: as they say.
 * unreachable: the server did not answer while booting; `boot` tries again.
 */
export type SessionPhase = 'booting' | 'setup' | 'signed-out' | 'signed-in' | 'unreachable'

export interface Session {
  phase: SessionPhase
  user: User | null
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
}

/** Who uses this tab. The token itself is kept by `api/http.ts`, in memory only. */
export const useSession = create<Session>()((set) => {
  const enter = (answer: Authenticated) => {
    tokens.keep(answer)
    set({ phase: 'signed-in', user: answer.user })
  }
  return {
    phase: 'booting',
    user: null,
    setupTokenRequired: false,
    async boot() {
      try {
        const state = await http.request('GET', '/api/auth/state', { schema: AuthState, authenticated: false })
        if (state.setupRequired) {
          set({ phase: 'setup', setupTokenRequired: state.setupTokenRequired })
          return
        }
        const answer = await tokens.renew()
        if (answer === null) set({ phase: 'signed-out', user: null })
        else set({ phase: 'signed-in', user: answer.user })
      } catch {
        set({ phase: 'unreachable' })
      }
    },
    async setUp(body) {
      enter(await http.request('POST', '/api/auth/setup', { schema: Authenticated, body, authenticated: false }))
    },
    async signIn(body) {
      enter(await http.request('POST', '/api/auth/login', { schema: Authenticated, body, authenticated: false }))
    },
    enter,
    async signOut() {
      try {
        await oneTabAtATime(() => http.request('POST', '/api/auth/logout', { body: {}, authenticated: false }))
      } finally {
        tokens.forget()
        set({ phase: 'signed-out', user: null })
      }
    },
    lose() {
      tokens.forget()
      set({ phase: 'signed-out', user: null })
    },
  }
})
