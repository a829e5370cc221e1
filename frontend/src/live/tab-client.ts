import { createSocketClient, type SocketClient } from '@millrace/shared/client/socket-client'
import { closeCodes } from '@millrace/shared/protocol/close-codes'
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
  const client = createSocketClient({
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
  /** A refusal that came back after a renewal is one for good. */
  let hasRenewed = false
  client.onState(({ status, lastError }) => {
    if (status === 'live') hasRenewed = false
    if (status !== 'stopped' || lastError?.closeCode !== closeCodes.policy || hasRenewed) return
    hasRenewed = true
    void renewOnce()
  })
  return client

  /** The token may be refused before its time, as when another tab has signed out: the cookie knows. */
  async function renewOnce(): Promise<void> {
    if (tokens.signIn() !== signIn) return
    try {
      const renewed = await tokens.renew()
      if (renewed !== null && client.state.status === 'stopped') client.connect()
      else if (tokens.current() === null) window.dispatchEvent(new Event(signedOutEvent))
    } catch {
      // Nobody answers; the indicator offers to try again.
    }
  }
}
