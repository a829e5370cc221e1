import { setTimeout } from 'node:timers/promises'
import type { CreateCredential, Credential } from '@millrace/shared/api/credentials'
import { AppError } from '@millrace/shared/errors/app-error'
import type { CredentialReader, OpenCredential } from '../providers/credential-reader.ts'
import type { AddressPolicy } from '../providers/guarded-connector.ts'
import { requireModelAddress } from '../providers/model-addresses.ts'
import { type CredentialRow, findCredential, insertCredential } from '../repositories/credentials.ts'
import type { Database, Tx } from '../repositories/database.ts'
import { newId } from '../repositories/new-id.ts'
import type { SecretBox } from './secret-box.ts'

/** Characters of a key that may be shown, to recognise it; none of a short one. */
const hintCharacters = 4
const hintFromLength = 16

type Secret = Pick<OpenCredential, 'apiKey' | 'baseUrl'>

export interface CredentialVault extends CredentialReader {
  /**
   * `claim` is called in the transaction that stores it, and may refuse. Throws AppError HTTP_ADDRESS_REFUSED for a base
   * URL that no call could use.
   */
  add(
    caller: { workspaceId: string; userId: string },
    credential: CreateCredential,
    claim: (tx: Tx) => Promise<void>,
  ): Promise<Credential>
}

export interface CredentialVaultOptions {
  /** Told of every key that is added or about to be used, so that it can be kept out of what is written down. */
  onOpened: (apiKey: string, workspaceId: string) => void
  /** How long other processes may not know of a new key, milliseconds; 0 where there is no other. */
  unknownElsewhereMs: number
  /** Which model servers a credential may name. */
  modelAddresses: AddressPolicy
}

/** Keys of other services: sealed when they come in, opened only for one call of the service. */
export function createCredentialVault(
  database: Database,
  secrets: SecretBox,
  { onOpened, unknownElsewhereMs, modelAddresses }: CredentialVaultOptions,
): CredentialVault {
  return {
    async add({ workspaceId, userId }, { name, provider, apiKey, baseUrl }, claim) {
      if (baseUrl !== undefined) requireModelAddress(baseUrl, modelAddresses)
      const id = newId()
      const secret: Secret = { apiKey, baseUrl }
      const row: CredentialRow = {
        id,
        workspaceId,
        name,
        provider,
        sealedSecret: secrets.seal(JSON.stringify(secret), credentialContext(workspaceId, id)),
        hint: {
          ...(baseUrl === undefined ? {} : { baseUrl: withoutSecrets(baseUrl) }),
          ...(apiKey.length < hintFromLength ? {} : { key: `…${apiKey.slice(-hintCharacters)}` }),
        },
        createdBy: userId,
        createdAt: Date.now(),
      }
      await database.transaction(async (tx) => {
        await claim(tx)
        await insertCredential(tx, row)
      })
      onOpened(apiKey, workspaceId)
      // Once the answer is there, no process stores the key in clear.
      if (unknownElsewhereMs > 0) await setTimeout(unknownElsewhereMs)
      return toCredential(row)
    },
    async read(workspaceId, credentialId) {
      const row = await findCredential(database.orm, workspaceId, credentialId)
      if (row === null) throw new AppError('CREDENTIAL_NOT_FOUND', { credentialId })
      const text = secrets.open(row.sealedSecret, credentialContext(workspaceId, credentialId))
      const { apiKey, baseUrl } = JSON.parse(text) as Secret
      onOpened(apiKey, workspaceId)
      return { provider: row.provider, apiKey, baseUrl }
    },
  }
}

/** The key in what was sealed. */
export function apiKeyIn(text: string): string {
  return (JSON.parse(text) as Secret).apiKey
}

export function toCredential({ id, name, provider, hint, createdAt }: CredentialRow): Credential {
  return { id, name, provider: provider as Credential['provider'], hint, createdAt }
}

/** What a credential is sealed with beside the key. */
export function credentialContext(workspaceId: string, credentialId: string): string {
  return `${workspaceId}/${credentialId}`
}

/** An address may carry a password or a key, too. */
function withoutSecrets(address: string): string {
  const url = new URL(address)
  url.username = ''
  url.password = ''
  url.search = ''
  url.hash = ''
  return url.href
}
