import { Authenticated } from '@millrace/shared/api/auth'
import { useChosenWorkspace } from '../stores/workspace-store.ts'
import { ApiError } from './api-error.ts'
import { basePath } from './base-path.ts'
import { createHttpClient } from './http-client.ts'
import { createTokenKeeper } from './token-keeper.ts'

/** Fired on `window` when the server no longer accepts this session. */
export const signedOutEvent = 'millrace:signed-out'

/** Fired on `window` when this page's idea of its rights may be old. */
export const rightsChangedEvent = 'millrace:rights-changed'

const checkAnswers = import.meta.env.DEV || import.meta.env.MODE === 'test'

/** This tab's token: from sign-in, set-up or the cookie. */
export const tokens = createTokenKeeper(async () => {
  try {
    return await http.request('POST', '/api/auth/refresh', { schema: Authenticated, authenticated: false })
  } catch (error) {
    if (error instanceof ApiError && error.status >= 400 && error.status < 500) return null
    throw error
  }
})

/** This tab's way to the API. */
export const http = createHttpClient({
  tokens,
  checkAnswers,
  basePath,
  workspaceId: () => useChosenWorkspace.getState().id,
  onRefused: () => window.dispatchEvent(new Event(rightsChangedEvent)),
  onSignedOut: () => window.dispatchEvent(new Event(signedOutEvent)),
})
