import type { User } from '@millrace/shared/api/auth'
import { useChosenWorkspace } from '../stores/workspace-store.ts'
import { basePath } from './base-path.ts'
import { createHttpClient } from './http-client.ts'
import { requestRenewal } from './request-renewal.ts'
import { createTokenKeeper } from './token-keeper.ts'

/** Fired on `window` when the server no longer accepts this session. */
export const signedOutEvent = 'millrace:signed-out'

/** Fired on `window` when another tab of this browser has signed somebody else in; `detail` is their `User`. */
export const replacedEvent = 'millrace:replaced'

/** Fired on `window` when this page's idea of its rights may be old. */
export const rightsChangedEvent = 'millrace:rights-changed'

const checkAnswers = import.meta.env.DEV || import.meta.env.MODE === 'test'

/** This tab's token: from sign-in, set-up or the cookie. */
export const tokens = createTokenKeeper(
  () => requestRenewal(http),
  (user) => window.dispatchEvent(new CustomEvent<User>(replacedEvent, { detail: user })),
)

/** This tab's way to the API. */
export const http = createHttpClient({
  tokens,
  checkAnswers,
  basePath,
  workspaceId: () => useChosenWorkspace.getState().id,
  onRefused: () => window.dispatchEvent(new Event(rightsChangedEvent)),
  onSignedOut: () => window.dispatchEvent(new Event(signedOutEvent)),
})
