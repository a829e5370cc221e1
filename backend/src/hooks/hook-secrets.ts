import type { SecretBox } from '../auth/secret-box.ts'
import { createToken } from '../auth/token-hash.ts'

/** By which a leaked secret is recognised. */
const secretPrefix = 'mrh_'

/** The secrets that sign deliveries: shown once, stored sealed. */
export interface HookSecrets {
  make(workspaceId: string, hookId: string): { secret: string; sealed: Buffer }
  open(sealed: Buffer, workspaceId: string, hookId: string): string
}

/** @param onOpened told of every secret before it is used, so that it can be kept out of what is written down. */
export function createHookSecrets(box: SecretBox, onOpened: (secret: string) => void): HookSecrets {
  const contextOf = (workspaceId: string, hookId: string) => `hook:${workspaceId}/${hookId}`
  return {
    make(workspaceId, hookId) {
      const secret = createToken(secretPrefix)
      return { secret, sealed: box.seal(secret, contextOf(workspaceId, hookId)) }
    },
    open(sealed, workspaceId, hookId) {
      const secret = box.open(sealed, contextOf(workspaceId, hookId))
      onOpened(secret)
      return secret
    },
  }
}
