import { hookLimits } from '@millrace/shared/api/hooks'
import type { LoggerPort } from '@millrace/temporal/ports'
import type { SealedSecret, SecretReader } from '../events/workspace-secrets.ts'
import { hookSecretContext } from '../hooks/hook-secrets.ts'
import { listCredentials } from '../repositories/credentials.ts'
import type { Database } from '../repositories/database.ts'
import { listHooks } from '../repositories/hooks.ts'
import { apiKeyIn, credentialContext } from './credential-vault.ts'
import type { SecretBox } from './secret-box.ts'

/** Credentials of a workspace whose keys are masked, the newest; with both forms of each within what a masker holds. */
const credentialsMax = 900

/** Reads what a workspace keeps sealed: keys of other services, and what signs deliveries to its hooks. */
export function createSecretReader(database: Database, box: SecretBox, logger: LoggerPort): SecretReader {
  return async (workspaceId) => {
    const [credentials, hooks] = await Promise.all([
      listCredentials(database.orm, workspaceId, credentialsMax),
      listHooks(database.orm, workspaceId, hookLimits.perWorkspaceMax),
    ])
    return [
      ...credentials.map(({ id, sealedSecret }) =>
        sealed(sealedSecret, () => apiKeyIn(box.open(sealedSecret, credentialContext(workspaceId, id)))),
      ),
      ...hooks.map(({ id, sealedSecret }) =>
        sealed(sealedSecret, () => box.open(sealedSecret, hookSecretContext(workspaceId, id))),
      ),
    ]
  }

  function sealed(bytes: Buffer, open: () => string): SealedSecret {
    return {
      id: bytes.toString('base64'),
      open() {
        try {
          return open()
        } catch {
          // It cannot be used either, so nobody here will ever have it from us.
          logger.warn({ tag: 'secret-unreadable' }, 'A stored secret was sealed with another key and cannot be masked')
          return null
        }
      },
    }
  }
}
