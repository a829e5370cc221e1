import type { SecretBox } from '../auth/secret-box.ts'
import { createToken } from '../auth/token-hash.ts'

/** By which a leaked secret is recognised. */
const secretPrefix = 'mrh_'

/** The secrets that sign deliveries: shown once, stored sealed. */
export interface HookSecrets {
  make(workspaceId: string, hookId: string): { secret: string; sealed: Buffer }
  open(sealed: Buffer, workspaceId: string, hookId: string): string
}

/** @param onOpened told of every secret that is made or about to be used, so that it can be kept out of what is written down. */
export function createHookSecrets(
  box: SecretBox,
  onOpened: (secret: string, workspaceId: string) => void,
): HookSecrets {
  return {
    make(workspaceId, hookId) {
      const secret = createToken(secretPrefix)
      onOpened(secret, workspaceId)
      return { secret, sealed: box.seal(secret, hookSecretContext(workspaceId, hookId)) }
    },
    open(sealed, workspaceId, hookId) {
      const secret = box.open(sealed, hookSecretContext(workspaceId, hookId))
      onOpened(secret, workspaceId)
      return secret
    },
  }
}

/** What a hook's secret is sealed with beside the key. */
export function hookSecretContext(workspaceId: string, hookId: string): string {
  return `hook:${workspaceId}/${hookId}`
}
