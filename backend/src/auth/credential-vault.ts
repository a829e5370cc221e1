import type { CreateCredential, Credential } from '@millrace/shared/api/credentials'
import { AppError } from '@millrace/shared/errors/app-error'
import type { CredentialReader, OpenCredential } from '../providers/credential-reader.ts'
import type { AddressPolicy } from '../providers/guarded-connector.ts'
import { requireModelAddress } from '../providers/model-addresses.ts'
import { type CredentialRow, findCredential, insertCredential } from '../repositories/credentials.ts'
import type { Database } from '../repositories/database.ts'
import { newId } from '../repositories/new-id.ts'
import type { SecretBox } from './secret-box.ts'

/** Characters of a key that may be shown, to recognise it; none of a short one. */
const hintCharacters = 4
const hintFromLength = 16

export interface CredentialVault extends CredentialReader {
  /** Throws AppError HTTP_ADDRESS_REFUSED for a base URL that no call could use. */
  add(caller: { workspaceId: string; userId: string }, credential: CreateCredential): Promise<Credential>
}

export interface CredentialVaultOptions {
  /** Told of every key before it is used, so that it can be kept out of what is written down. */
  onOpened: (apiKey: string) => void
  /** Which model servers a credential may name. */
  modelAddresses: AddressPolicy
}

/** Keys of other services: sealed when they come in, opened only for one call of the service. */
export function createCredentialVault(
  database: Database,
  secrets: SecretBox,
  { onOpened, modelAddresses }: CredentialVaultOptions,
): CredentialVault {
  return {
    async add({ workspaceId, userId }, { name, provider, apiKey, baseUrl }) {
      if (baseUrl !== undefined) requireModelAddress(baseUrl, modelAddresses)
      const id = newId()
      const secret: Pick<OpenCredential, 'apiKey' | 'baseUrl'> = { apiKey, baseUrl }
      const row: CredentialRow = {
        id,
        workspaceId,
        name,
        provider,
        sealedSecret: secrets.seal(JSON.stringify(secret), contextOf(workspaceId, id)),
        hint: {
          ...(baseUrl === undefined ? {} : { baseUrl: withoutUserInfo(baseUrl) }),
          ...(apiKey.length < hintFromLength ? {} : { key: `…${apiKey.slice(-hintCharacters)}` }),
        },
        createdBy: userId,
        createdAt: Date.now(),
      }
      await insertCredential(database.orm, row)
      return toCredential(row)
    },
    async read(workspaceId, credentialId) {
      const row = await findCredential(database.orm, workspaceId, credentialId)
      if (row === null) throw new AppError('CREDENTIAL_NOT_FOUND', { credentialId })
      const text = secrets.open(row.sealedSecret, contextOf(workspaceId, credentialId))
      const { apiKey, baseUrl } = JSON.parse(text) as Pick<OpenCredential, 'apiKey' | 'baseUrl'>
      onOpened(apiKey)
      return { provider: row.provider, apiKey, baseUrl }
    },
  }
}

export function toCredential({ id, name, provider, hint, createdAt }: CredentialRow): Credential {
  return { id, name, provider: provider as Credential['provider'], hint, createdAt }
}

function contextOf(workspaceId: string, credentialId: string): string {
  return `${workspaceId}/${credentialId}`
}

/** An address may carry a password, too. */
function withoutUserInfo(address: string): string {
  const url = new URL(address)
  url.username = ''
  url.password = ''
  return url.href
}
