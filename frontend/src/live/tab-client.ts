import type { LiveClient } from './live-client.ts'

/** Address of the socket: `VITE_WS_URL`, or the host that served the page. */
export function socketUrl(): string {
  const configured = import.meta.env.VITE_WS_URL as string | undefined
  if (configured !== undefined && configured !== '') return configured
  return `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/ws`
}

/** The one socket of this tab. */
export function createTabClient(): LiveClient {
  const info = { state: 'connecting', retryAt: null, reason: null } as const
  const nothing = () => undefined
  return {
    connection: () => info,
    onConnection: () => nothing,
    connect: nothing,
    close: nothing,
    followExecution: () => nothing,
    followChannel: () => nothing,
    nudge: nothing,
  }
}
