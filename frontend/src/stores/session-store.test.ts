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
