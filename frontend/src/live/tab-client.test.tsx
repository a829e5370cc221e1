import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { signedOutEvent, tokens } from '../api/http.ts'
import { createTabClient, socketUrl } from './tab-client.ts'

/** A socket that is asked for, and ends as it is told. */
class RefusedSocket {
  static all: RefusedSocket[] = []
  readonly protocols: string[]
  readonly readyState = 0
  #handleClose: ((event: { code: number; reason: string }) => void) | null = null

  constructor(_url: string, protocols: string[]) {
    this.protocols = protocols
    RefusedSocket.all.push(this)
  }

  addEventListener(type: string, listener: (event: { code: number; reason: string }) => void) {
    if (type === 'close') this.#handleClose = listener
  }

  refuse() {
    this.#handleClose?.({ code: 1008, reason: 'INVALID_TOKEN' })
  }

  close = () => undefined
}

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

describe('the socket of a tab', () => {
  const user = { id: 'ada', email: 'ada@example.com', name: 'Ada' }
  const signedOut = vi.fn()
  let renewal: () => Response

  beforeEach(() => {
    RefusedSocket.all = []
    signedOut.mockReset()
    vi.stubGlobal('WebSocket', RefusedSocket)
    vi.stubGlobal('fetch', async () => renewal())
    window.addEventListener(signedOutEvent, signedOut)
    tokens.keep({ accessToken: 'old', expiresIn: 900, user })
  })
  afterEach(() => {
    window.removeEventListener(signedOutEvent, signedOut)
    tokens.forget()
    vi.unstubAllGlobals()
  })

  async function refused(count: number) {
    await vi.waitUntil(() => RefusedSocket.all.length === count)
    RefusedSocket.all.at(-1)?.refuse()
  }

  it('is tried once more with a new token when it is refused, and not again', async () => {
    const fetched = vi.fn(() => Response.json({ accessToken: 'new', expiresIn: 900, user }))
    renewal = fetched
    const client = createTabClient()
    client.connect()
    await refused(1)
    await refused(2)
    expect(RefusedSocket.all[1]?.protocols[1]).toBe('bearer.new')
    expect(client.state.status).toBe('stopped')
    expect(fetched).toHaveBeenCalledTimes(1)
    expect(signedOut).not.toHaveBeenCalled()
    client.close()
  })

  it('ends with the session when another tab has signed out', async () => {
    renewal = () => Response.json({ code: 'INVALID_TOKEN', message: 'No.', requestId: 'r' }, { status: 401 })
    const client = createTabClient()
    client.connect()
    await refused(1)
    await vi.waitUntil(() => signedOut.mock.calls.length > 0)
    client.close()
    expect(RefusedSocket.all).toHaveLength(1)
  })

  it('is not opened for whoever signs in next', async () => {
    const client = createTabClient()
    tokens.keep({ accessToken: 'of-bob', expiresIn: 900, user: { ...user, id: 'bob' } })
    client.connect()
    await vi.waitUntil(() => client.state.status === 'stopped')
    client.close()
    expect(RefusedSocket.all).toEqual([])
    expect(signedOut).not.toHaveBeenCalled()
  })
})
