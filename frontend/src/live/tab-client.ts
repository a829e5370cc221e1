import { createSocketClient, type SocketClient } from '@millrace/shared/client/socket-client'
import { basePath } from '../api/base-path.ts'
import { signedOutEvent, tokens } from '../api/http.ts'
import { logFrame } from './debug-frames.ts'

/** A socket outlives its token by being told a new one in time: the server warns before the end, so one with this much life is asked for. */
const tokenLifeMs = 120_000

/** Address of the socket: `VITE_WS_URL`, or where the page came from. */
export function socketUrl(): string {
  const configured = import.meta.env.VITE_WS_URL as string | undefined
  if (configured !== undefined && configured !== '') return configured
  return `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}${basePath}/ws`
}

/** The one socket of this tab. */
export function createTabClient(): SocketClient {
  const signIn = tokens.signIn()
  return createSocketClient({
    url: socketUrl,
    debug: logFrame,
    async getToken() {
      // A socket is its person's: it is not opened for whoever signs in next.
      if (tokens.signIn() !== signIn && tokens.current() !== null) return null
      const token = await tokens.fresh(tokenLifeMs)
      if (token === null && tokens.current() === null) window.dispatchEvent(new Event(signedOutEvent))
      return token
    },
  })
}
