import { Authenticated } from '@millrace/shared/api/auth'
import { isApiError } from './api-error.ts'
import type { HttpClient } from './http-client.ts'

/**
 * How long each try waits for its answer, in milliseconds: all tabs wait behind it. A first try may have used the cookie
 * up without its answer getting here; the server takes the same cookie again for 10 s, so the second begins before that.
 */
const triesMs = [5000, 10_000]

/**
 * Exchanges the cookie for a token. Null: it is no longer good, which only 401 says. Throws ApiError: NETWORK when no
 * answer comes in time, and whatever else is answered, which ends no session.
 */
export async function requestRenewal(http: HttpClient): Promise<Authenticated | null> {
  let failure: unknown
  for (const timeoutMs of triesMs) {
    const signal = AbortSignal.timeout(timeoutMs)
    try {
      return await http.request('POST', '/api/auth/refresh', { schema: Authenticated, authenticated: false, signal })
    } catch (error) {
      if (isApiError(error) && error.status === 401) return null
      failure = error
      // What fails at once is not mended by trying at once.
      if (!signal.aborted) break
    }
  }
  throw failure
}
