import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { isApiError } from './api-error.ts'
import { createHttpClient } from './http-client.ts'
import { createTokenKeeper } from './token-keeper.ts'

const user = { id: 'u', email: 'a@example.com', name: 'A' }
const answerWith = (accessToken: string, expiresIn = 900) => ({ accessToken, expiresIn, user })
const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status })

/** A server that accepts one token, and counts what it is asked. */
function setUp(options: { good: string; renewal: () => Promise<ReturnType<typeof answerWith> | null> }) {
  const renew = vi.fn(options.renewal)
  const tokens = createTokenKeeper(renew)
  const onSignedOut = vi.fn()
  const seen: string[] = []
  const send = vi.fn<typeof fetch>(async (_, init) => {
    const given = new Headers(init?.headers).get('authorization') ?? 'none'
    seen.push(given)
    return given === `Bearer ${options.good}`
      ? json(200, { value: 1 })
      : json(401, { code: 'TOKEN_EXPIRED', message: 'The token has expired.', requestId: 'r' })
  })
  const http = createHttpClient({ tokens, onSignedOut, checkAnswers: true, fetch: send })
  return { http, tokens, renew, onSignedOut, seen, send }
}

describe('requests', () => {
  it('renew once for all that meet the same expiry, then try again', async () => {
    const { http, tokens, renew, seen } = setUp({ good: 'new', renewal: async () => answerWith('new') })
    tokens.keep(answerWith('old'))
    const answers = await Promise.all([1, 2, 3].map((n) => http.request('GET', `/api/things/${n}`)))
    expect(answers).toEqual([{ value: 1 }, { value: 1 }, { value: 1 }])
    expect(renew).toHaveBeenCalledTimes(1)
    expect(seen.filter((token) => token === 'Bearer new')).toHaveLength(3)
  })

  it('renew before they are sent when the token is about to end', async () => {
    const { http, tokens, renew, seen } = setUp({ good: 'new', renewal: async () => answerWith('new') })
    tokens.keep(answerWith('old', 10))
    await http.request('GET', '/api/things')
    expect(renew).toHaveBeenCalledTimes(1)
    expect(seen).toEqual(['Bearer new'])
  })

  it('end the session when the cookie is refused, and do not try a second time', async () => {
    const { http, tokens, onSignedOut, send } = setUp({ good: 'new', renewal: async () => null })
    tokens.keep(answerWith('old'))
    await expect(http.request('GET', '/api/things')).rejects.toMatchObject({ status: 401, code: 'TOKEN_EXPIRED' })
    expect(onSignedOut).toHaveBeenCalledTimes(1)
    expect(send).toHaveBeenCalledTimes(1)
    expect(tokens.current()).toBeNull()
  })

  it('try once more only: a second refusal is the answer', async () => {
    const { http, tokens, send } = setUp({ good: 'another', renewal: async () => answerWith('new') })
    tokens.keep(answerWith('old'))
    await expect(http.request('GET', '/api/things')).rejects.toMatchObject({ status: 401 })
    expect(send).toHaveBeenCalledTimes(2)
  })

  it('keep the session when the renewal gets no answer', async () => {
    const { http, tokens, onSignedOut } = setUp({ good: 'new', renewal: () => Promise.reject(new Error('away')) })
    tokens.keep(answerWith('old'))
    await expect(http.request('GET', '/api/things')).rejects.toThrow('away')
    expect(onSignedOut).not.toHaveBeenCalled()
    expect(tokens.current()).toBe('old')
  })

  it('of one person are never sent again as the next, and do not end their session', async () => {
    const { http, tokens, renew, onSignedOut, seen, send } = setUp({ good: 'of-bob', renewal: async () => null })
    tokens.keep({ ...answerWith('of-ada'), user: { ...user, id: 'ada' } })
    const refused = Promise.withResolvers<Response>()
    send.mockImplementationOnce(async (_, init) => {
      seen.push(new Headers(init?.headers).get('authorization') ?? 'none')
      return refused.promise
    })
    const request = http.request('POST', '/api/things', { body: { of: 'ada' } })
    await vi.waitUntil(() => send.mock.calls.length === 1)
    tokens.forget()
    tokens.keep({ ...answerWith('of-bob'), user: { ...user, id: 'bob' } })
    refused.resolve(json(401, { code: 'TOKEN_EXPIRED', message: 'The token has expired.', requestId: 'r' }))
    await expect(request).rejects.toMatchObject({ status: 401, code: 'TOKEN_EXPIRED' })
    expect(seen).toEqual(['Bearer of-ada'])
    expect(renew).not.toHaveBeenCalled()
    expect(onSignedOut).not.toHaveBeenCalled()
  })

  it('that wait for a renewal are not sent once somebody else has signed in', async () => {
    const late = Promise.withResolvers<null>()
    const { http, tokens, onSignedOut, send } = setUp({ good: 'of-bob', renewal: () => late.promise })
    tokens.keep({ ...answerWith('of-ada', 1), user: { ...user, id: 'ada' } })
    const request = http.request('POST', '/api/things', { body: { of: 'ada' } })
    tokens.forget()
    tokens.keep({ ...answerWith('of-bob'), user: { ...user, id: 'bob' } })
    late.resolve(null)
    await expect(request).rejects.toMatchObject({ status: 401, code: 'NOT_AUTHENTICATED' })
    expect(send).not.toHaveBeenCalled()
    expect(onSignedOut).not.toHaveBeenCalled()
    expect(tokens.current()).toBe('of-bob')
  })

  it('send no token to the doors and take a 401 from them as it is', async () => {
    const { http, tokens, renew, seen } = setUp({ good: 'new', renewal: async () => answerWith('new') })
    tokens.keep(answerWith('old'))
    await expect(http.request('POST', '/api/auth/login', { body: {}, authenticated: false })).rejects.toMatchObject({
      status: 401,
    })
    expect(renew).not.toHaveBeenCalled()
    expect(seen).toEqual(['none'])
  })

  it('give every failure a code: no answer, a page of a proxy, a form that was not agreed', async () => {
    const { http, tokens, send } = setUp({ good: 'good', renewal: async () => null })
    tokens.keep(answerWith('good'))
    send.mockRejectedValueOnce(new TypeError('failed to fetch'))
    await expect(http.request('GET', '/api/things')).rejects.toMatchObject({ status: 0, code: 'NETWORK' })
    send.mockResolvedValueOnce(new Response('<html>', { status: 502 }))
    await expect(http.request('GET', '/api/things')).rejects.toMatchObject({ status: 502, code: 'UNEXPECTED_ANSWER' })
    const failure = await http
      .request('GET', '/api/things', { schema: z.object({ value: z.string() }) })
      .catch((error: unknown) => error)
    expect(isApiError(failure) && failure.code).toBe('UNEXPECTED_ANSWER')
  })

  it('name the chosen workspace, except where who one is comes before where one is', async () => {
    const tokens = createTokenKeeper(async () => null)
    tokens.keep(answerWith('good'))
    const named: (string | null)[] = []
    const http = createHttpClient({
      tokens,
      onSignedOut: vi.fn(),
      checkAnswers: true,
      workspaceId: () => 'w-2',
      fetch: async (_, init) => {
        named.push(new Headers(init?.headers).get('x-workspace-id'))
        return json(200, {})
      },
    })
    for (const path of ['/api/workflows', '/api/me', '/api/workspaces/w-1/members', '/api/invitations/accept'])
      await http.request('GET', path)
    await http.request('POST', '/api/share-links/open', { body: {}, authenticated: false })
    expect(named).toEqual(['w-2', null, null, null, null])
  })

  it('say that rights may have changed when the server refuses what was offered', async () => {
    const tokens = createTokenKeeper(async () => null)
    tokens.keep(answerWith('good'))
    const onRefused = vi.fn()
    const refusals = ['FORBIDDEN', 'WORKSPACE_NOT_FOUND', 'WORKFLOW_NOT_FOUND']
    const http = createHttpClient({
      tokens,
      onSignedOut: vi.fn(),
      checkAnswers: true,
      onRefused,
      fetch: async () => json(403, { code: refusals.shift(), message: 'No.', requestId: 'r' }),
    })
    for (let tries = 0; tries < 3; tries += 1) await http.request('GET', '/api/workflows').catch(() => undefined)
    expect(onRefused).toHaveBeenCalledTimes(2)
  })
})

describe('a request with a limit of time', () => {
  it('fails as one that got no answer, and one that was given up fails as that', async () => {
    const tokens = createTokenKeeper(async () => null)
    tokens.keep(answerWith('good'))
    const send = async (_: unknown, init?: RequestInit) => {
      throw init?.signal?.reason
    }
    const http = createHttpClient({ tokens, onSignedOut: vi.fn(), checkAnswers: true, fetch: send })
    const timeout = AbortSignal.abort(new DOMException('The time is over.', 'TimeoutError'))
    await expect(http.request('GET', '/api/things', { signal: timeout })).rejects.toMatchObject({ code: 'NETWORK' })
    await expect(http.request('GET', '/api/things', { signal: AbortSignal.abort() })).rejects.toThrow('aborted')
  })
})
