import { afterEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from './api-error.ts'
import type { HttpClient } from './http-client.ts'
import { requestRenewal } from './request-renewal.ts'

const user = { id: 'u', email: 'a@example.com', name: 'A' }
const renewed = { accessToken: 't', expiresIn: 900, user }
const away = new ApiError(0, 'NETWORK', 'away')

/** A server whose answers are given in their order; `silent` stands for one whose time runs out. */
function server(...answers: (typeof renewed | Error | 'silent')[]) {
  const limits: { ms: number; controller: AbortController }[] = []
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    const controller = new AbortController()
    limits.push({ ms, controller })
    return controller.signal
  })
  const request = vi.fn(async () => {
    const answer = answers.shift()
    if (answer === 'silent') {
      limits.at(-1)?.controller.abort()
      throw away
    }
    if (answer instanceof Error) throw answer
    return answer
  })
  return { http: { request } as unknown as HttpClient, request, limits }
}

describe('a renewal', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it('that gets no answer is asked once more within the time in which the server takes the same cookie', async () => {
    const { http, limits } = server('silent', renewed)
    expect(await requestRenewal(http)).toEqual(renewed)
    expect(limits.map(({ ms }) => ms)).toEqual([5000, 10_000])
  })

  it('gives up after that, so that no other tab waits for ever', async () => {
    const { http, request } = server('silent', 'silent')
    await expect(requestRenewal(http)).rejects.toBe(away)
    expect(request).toHaveBeenCalledTimes(2)
  })

  it('that fails at once is not tried at once, and a refusal is an answer', async () => {
    const broken = server(away)
    await expect(requestRenewal(broken.http)).rejects.toBe(away)
    expect(broken.request).toHaveBeenCalledTimes(1)
    expect(await requestRenewal(server(new ApiError(401, 'INVALID_TOKEN', 'no')).http)).toBeNull()
  })

  it.each([429, 404, 408, 403])(
    'that is answered with %i ends no session: only 401 speaks of the cookie',
    async (status) => {
      const refusal = new ApiError(status, 'UNEXPECTED_ANSWER', 'Later.')
      const { http, request } = server(refusal)
      await expect(requestRenewal(http)).rejects.toBe(refusal)
      expect(request).toHaveBeenCalledTimes(1)
    },
  )
})
