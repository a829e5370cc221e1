import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest'

afterEach(() => vi.unstubAllGlobals())

test('signs out only when no other tab is renewing with the same cookie', async () => {
  // Where the page is mounted is read when the module is.
  vi.stubGlobal('document', { baseURI: 'http://localhost/' })
  const { useSession } = await import('./session-store.ts')
  const asked: string[] = []
  const waiting: (() => void)[] = []
  vi.stubGlobal('navigator', {
    locks: {
      async request(name: string, work: () => Promise<unknown>) {
        asked.push(`lock ${name}`)
        await new Promise<void>((resolve) => waiting.push(resolve))
        return work()
      },
    },
  })
  vi.stubGlobal('fetch', async (address: string | URL | Request) => {
    asked.push(String(address))
    return new Response(null, { status: 204 })
  })
  const leaving = useSession.getState().signOut()
  await vi.waitUntil(() => waiting.length === 1)
  expect(asked).toEqual(['lock millrace-refresh'])
  waiting[0]?.()
  await leaving
  expect(asked).toEqual(['lock millrace-refresh', '/api/auth/logout'])
  expect(useSession.getState().phase).toBe('signed-out')
})

test('says whose place was taken, and lets nothing of the former session undo it', async () => {
  vi.stubGlobal('document', { baseURI: 'http://localhost/' })
  const { useSession } = await import('./session-store.ts')
  const [ada, bob] = ['Ada', 'Bob'].map((name) => ({ id: name, email: `${name}@example.com`, name }))
  if (ada === undefined || bob === undefined) throw new Error('two people')
  useSession.getState().enter({ accessToken: 't', expiresIn: 900, user: ada })
  useSession.getState().replace(bob)
  useSession.getState().lose()
  expect(useSession.getState()).toMatchObject({
    phase: 'replaced',
    user: null,
    replaced: { former: ada, next: bob },
  })
  useSession.getState().enter({ accessToken: 't2', expiresIn: 900, user: bob })
  expect(useSession.getState()).toMatchObject({ phase: 'signed-in', user: bob, replaced: null })
})

describe('a sign-out that does not reach the server', () => {
  const ada = { id: 'ada', email: 'ada@example.com', name: 'Ada' }
  let asked: string[]
  let isAway: boolean
  let stored: Map<string, string>

  beforeEach(() => {
    vi.resetModules()
    asked = []
    isAway = true
    stored = new Map()
    vi.stubGlobal('document', { baseURI: 'http://localhost/' })
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => void stored.set(key, value),
      removeItem: (key: string) => void stored.delete(key),
    })
    vi.stubGlobal('fetch', async (path: string) => {
      asked.push(path)
      if (isAway) throw new TypeError('failed to fetch')
      if (path === '/api/auth/state') return Response.json({ setupRequired: false, setupTokenRequired: false })
      if (path === '/api/auth/login') return Response.json({ accessToken: 't2', expiresIn: 900, user: ada })
      if (path === '/api/auth/refresh')
        return Response.json({ code: 'INVALID_TOKEN', message: 'No.', requestId: 'r' }, { status: 401 })
      return new Response(null, { status: 204 })
    })
  })

  async function leave() {
    const { useSession } = await import('./session-store.ts')
    useSession.getState().enter({ accessToken: 't', expiresIn: 900, user: ada })
    await useSession.getState().signOut()
    return useSession
  }

  it('is told as such, and can be tried again', async () => {
    const useSession = await leave()
    expect(useSession.getState()).toMatchObject({ phase: 'signed-out', user: null, isSignOutOwed: true })
    isAway = false
    await useSession.getState().signOut()
    expect(useSession.getState()).toMatchObject({ phase: 'signed-out', isSignOutOwed: false })
    expect(stored.size).toBe(0)
  })

  it('comes first when the page is opened again, and takes up no session before', async () => {
    await leave()
    vi.resetModules()
    const { useSession } = await import('./session-store.ts')
    await useSession.getState().boot()
    expect(useSession.getState().phase).toBe('unreachable')
    asked = []
    isAway = false
    await useSession.getState().boot()
    expect(asked).toEqual(['/api/auth/logout', '/api/auth/state', '/api/auth/refresh'])
    expect(useSession.getState()).toMatchObject({ phase: 'signed-out', isSignOutOwed: false })
    expect(stored.size).toBe(0)
  })

  it('comes before the next sign-in', async () => {
    const useSession = await leave()
    asked = []
    isAway = false
    await useSession.getState().signIn({ email: 'ada@example.com', password: 'password' })
    expect(asked).toEqual(['/api/auth/logout', '/api/auth/login'])
    expect(useSession.getState()).toMatchObject({ phase: 'signed-in', isSignOutOwed: false })
  })
})
