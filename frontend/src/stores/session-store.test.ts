import { afterEach, expect, test, vi } from 'vitest'

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
