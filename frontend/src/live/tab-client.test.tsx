import { afterEach, describe, expect, it, vi } from 'vitest'
import { socketUrl } from './tab-client.ts'

describe('F19 the address of the socket', () => {
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  it('is the host that served the page', () => {
    vi.stubEnv('VITE_WS_URL', '')
    expect(socketUrl()).toBe(`ws://${location.host}/ws`)
  })

  it('is another where it was built for one', () => {
    vi.stubEnv('VITE_WS_URL', 'wss://live.example.org/ws')
    expect(socketUrl()).toBe('wss://live.example.org/ws')
  })
})
