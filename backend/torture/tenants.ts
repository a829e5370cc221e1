import { createHmac, randomUUID } from 'node:crypto'
import { createKeyRing } from '../src/auth/key-ring.ts'
import { owner, ProductClient } from '../test/support/product-client.ts'
import type { Installation } from './installation.ts'

/** Half of an access token's life. */
const tokenFreshMs = 7 * 60_000
/** A user may have 20 connections per process. */
export const clientsPerUserMax = 12

/** Somebody with a password. Tokens are fetched as needed, from whichever API process answers. */
export class Account {
  readonly email: string
  readonly workspaceId: string
  readonly #baseUrls: () => string[]
  #token: Promise<string> | null = null
  #fetchedAt = 0

  constructor(email: string, workspaceId: string, baseUrls: () => string[]) {
    this.email = email
    this.workspaceId = workspaceId
    this.#baseUrls = baseUrls
  }

  async token(): Promise<string> {
    if (this.#token === null || Date.now() - this.#fetchedAt > tokenFreshMs) {
      this.#fetchedAt = Date.now()
      this.#token = this.#signIn()
      this.#token.catch(() => {
        this.#token = null
      })
    }
    return this.#token
  }

  async #signIn(): Promise<string> {
    let failure: unknown = null
    for (const baseUrl of this.#baseUrls()) {
      try {
        const client = new ProductClient(baseUrl)
        const body = { email: this.email, password: owner.password }
        return (await client.call<{ accessToken: string }>('POST', '/api/auth/login', body)).accessToken
      } catch (error) {
        failure = error
      }
    }
    throw failure
  }
}

export interface Tenant {
  workspaceId: string
  accounts: Account[]
  /** In every run of this workspace, and allowed nowhere else. */
  canary: string
}

/** Two workspaces that must know nothing of each other. */
export async function createTenants(installation: Installation, clientCount: number): Promise<[Tenant, Tenant]> {
  const [slot] = installation.apis
  const client = await ProductClient.signedIn(slot?.process.baseUrl ?? '')
  const { pool } = installation.postgres.database
  const { rows } = await pool.query<{ workspace_id: string; password_hash: string }>(
    'select m.workspace_id, u.password_hash from memberships m join users u on u.id = m.user_id limit 1',
  )
  const [first] = rows
  if (first === undefined || client.token === '') throw new Error('the owner could not be set up')
  const other = randomUUID()
  await pool.query('insert into workspaces (id, name, created_at) values ($1, $2, $3)', [other, 'Other', Date.now()])
  const baseUrls = () => installation.apis.map(({ process }) => process.baseUrl)
  const addAccount = async (workspaceId: string, index: number) => {
    const [id, email] = [randomUUID(), `${workspaceId === other ? 'other' : 'member'}-${index}@example.com`]
    await pool.query(
      'insert into users (id, email, name, password_hash, is_owner, created_at) values ($1, $2, $3, $4, false, $5)',
      [id, email, `Member ${index}`, first.password_hash, Date.now()],
    )
    await pool.query("insert into memberships (workspace_id, user_id, role, created_at) values ($1, $2, 'owner', $3)", [
      workspaceId,
      id,
      Date.now(),
    ])
    return new Account(email, workspaceId, baseUrls)
  }
  const tenantOf = async (workspaceId: string, count: number): Promise<Tenant> => ({
    workspaceId,
    accounts: await Promise.all(Array.from({ length: count }, (_, index) => addAccount(workspaceId, index))),
    canary: `canary-${randomUUID()}`,
  })
  return [await tenantOf(first.workspace_id, Math.ceil(clientCount / clientsPerUserMax) + 1), await tenantOf(other, 2)]
}

/** A token signed with the installation's own key, or with another, or not at all. */
export function craftToken(
  masterKey: Buffer,
  claims: Record<string, unknown>,
  { algorithm = 'HS256', key = createKeyRing(masterKey).accessToken }: { algorithm?: string; key?: Buffer } = {},
): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${part({ alg: algorithm, typ: 'JWT' })}.${part(claims)}`
  const signature = algorithm === 'none' ? '' : createHmac('sha256', key).update(signed).digest('base64url')
  return `${signed}.${signature}`
}

export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
}
