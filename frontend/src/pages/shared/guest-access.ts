import type { OpenedShareLink } from '@millrace/shared/api/share-links'
import { createSocketClient, type SocketClient } from '@millrace/shared/client/socket-client'
import { isApiError } from '../../api/api-error.ts'
import { basePath } from '../../api/base-path.ts'
import { createHttpClient, type HttpClient } from '../../api/http-client.ts'
import { openShareLink } from '../../api/share-links.ts'
import { createTokenKeeper } from '../../api/token-keeper.ts'
import { socketUrl } from '../../live/tab-client.ts'

/** The socket asks for a token with this much life, in milliseconds, as the tab of somebody signed in does. */
const tokenLifeMs = 120_000

/** What one link opens: its run over HTTP and socket. A token that ends is replaced by opening the link again. */
export interface GuestAccess {
  http: HttpClient
  createClient: () => SocketClient
  /** Opens the link again now. False: it has ended, and `onEnded` was told. Throws when no answer comes. */
  isOpen: () => Promise<boolean>
}

/**
 * @param secret of the link; it stays in memory.
 * @param opened what the link gave when it was opened first.
 * @param onEnded the link was revoked or its time is over.
 */
export function createGuestAccess(secret: string, opened: OpenedShareLink, onEnded: () => void): GuestAccess {
  const asSession = ({ accessToken, expiresIn }: OpenedShareLink) => ({ accessToken, expiresIn, user: guest })
  const tokens = createTokenKeeper(async () => {
    try {
      return asSession(await openShareLink(secret))
    } catch (error) {
      // Whatever is refused will be refused again; what gets no answer may work the next time.
      if (!isApiError(error) || error.status < 400 || error.status >= 500 || error.status === 429) throw error
      onEnded()
      return null
    }
  })
  tokens.keep(asSession(opened))
  return {
    http: createHttpClient({ tokens, basePath, checkAnswers: false, onSignedOut: onEnded }),
    createClient: () => createSocketClient({ url: socketUrl, getToken: () => tokens.fresh(tokenLifeMs) }),
    isOpen: async () => (await tokens.renew()) !== null,
  }
}

const guest = { id: '', email: '', name: 'Guest' }
