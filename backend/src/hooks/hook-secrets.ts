import { setTimeout } from 'node:timers/promises'
import type { SecretBox } from '../auth/secret-box.ts'
import { createToken } from '../auth/token-hash.ts'

/** By which a leaked secret is recognised. */
const secretPrefix = 'mrh_'

/** The secrets that sign deliveries: shown once, stored sealed. */
export interface HookSecrets {
  make(workspaceId: string, hookId: string): { secret: string; sealed: Buffer }
  /** Of one whose hook is stored. When it settles, no process stores the secret in clear. */
  announce(secret: string, workspaceId: string): Promise<void>
  open(sealed: Buffer, workspaceId: string, hookId: string): string
}

/**
 * @param onOpened told of every secret that is stored or about to be used, so that it can be kept out of what is written down.
 * @param unknownElsewhereMs how long other processes may not know of a new one; 0 where there is no other.
 */
export function createHookSecrets(
  box: SecretBox,
  onOpened: (secret: string, workspaceId: string) => void,
  unknownElsewhereMs = 0,
): HookSecrets {
  return {
    make(workspaceId, hookId) {
      const secret = createToken(secretPrefix)
      return { secret, sealed: box.seal(secret, hookSecretContext(workspaceId, hookId)) }
    },
    async announce(secret, workspaceId) {
      onOpened(secret, workspaceId)
      if (unknownElsewhereMs > 0) await setTimeout(unknownElsewhereMs)
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
