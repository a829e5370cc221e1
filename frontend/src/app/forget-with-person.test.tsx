import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useSession } from '../stores/session-store.ts'
import { forgetWithPerson } from './forget-with-person.ts'

const person = (id: string) => ({
  accessToken: 't',
  expiresIn: 900,
  user: { id, email: `${id}@example.com`, name: id },
})

describe('what was read', () => {
  let cache: QueryClient
  let stop: () => void

  beforeEach(() => {
    useSession.getState().enter(person('ada'))
    cache = new QueryClient()
    stop = forgetWithPerson(cache)
    cache.setQueryData(['notices'], ['Of Ada'])
    cache.setQueryData(['prompt-link', 'secret'], { prompt: 'Send it?' })
    vi.stubGlobal('fetch', async () => new Response(null, { status: 204 }))
  })
  afterEach(() => {
    stop()
    vi.unstubAllGlobals()
  })

  it.each<[string, () => unknown]>([
    ['signs out, from wherever', () => useSession.getState().signOut()],
    ['loses the session', () => useSession.getState().lose()],
    ['is replaced in another tab', () => useSession.getState().replace(person('bob').user)],
    ['is followed at once by somebody else', () => useSession.getState().enter(person('bob'))],
  ])('is forgotten when its person %s, but not what a link opens', async (_, leave) => {
    await leave()
    expect(cache.getQueryData(['notices'])).toBeUndefined()
    expect(cache.getQueryData(['prompt-link', 'secret'])).toBeDefined()
  })

  it('stays while the same person goes on', () => {
    useSession.getState().enter(person('ada'))
    expect(cache.getQueryData(['notices'])).toEqual(['Of Ada'])
  })
})
