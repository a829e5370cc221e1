import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Database, openDatabase } from '../src/repositories/database.ts'

const migrations = [
  '0000_create-everything',
  '0001_find-passages-by-their-headings',
  '0002_share-and-hook',
  '0003_end-sign-ins-as-one',
] as const
const folder = new URL('../src/migrations/', import.meta.url)

let dataDir: string
let database: Database

async function apply(name: (typeof migrations)[number]): Promise<void> {
  const text = readFileSync(new URL(`${name}.sql`, folder), 'utf8')
  for (const statement of text.split('--> statement-breakpoint')) await database.pool.query(statement)
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'millrace-migration-'))
  database = await openDatabase({ dataDir, onFailure: () => undefined })
})
afterAll(async () => {
  await database.close()
  await rm(dataDir, { recursive: true, force: true })
})

test('keeps the sign-ins of an older installation, and those that were ended stay ended', async () => {
  for (const name of migrations.slice(0, 3)) await apply(name)
  await database.pool.query(
    "insert into users (id, email, name, password_hash, is_owner, created_at) values ('ada', 'a@example.org', 'Ada', '-', true, 1)",
  )
  const tokens = [
    { family: 'alive', id: 'a1', createdAt: 10, expiresAt: 110, revokedAt: null },
    { family: 'alive', id: 'a2', createdAt: 20, expiresAt: 120, revokedAt: null },
    { family: 'ended', id: 'e1', createdAt: 10, expiresAt: 110, revokedAt: 50 },
    // Made at the moment of the end, and missed by it.
    { family: 'ended', id: 'e2', createdAt: 50, expiresAt: 150, revokedAt: null },
  ]
  for (const { family, id, createdAt, expiresAt, revokedAt } of tokens) {
    await database.pool.query(
      'insert into refresh_tokens (id, family_id, user_id, token_hash, created_at, expires_at, revoked_at) values ($1, $2, $3, $1, $4, $5, $6)',
      [id, family, 'ada', createdAt, expiresAt, revokedAt],
    )
  }
  await apply('0003_end-sign-ins-as-one')
  const { rows } = await database.pool.query(
    'select id, user_id, created_at, expires_at, revoked_at from sign_ins order by id',
  )
  expect(rows).toEqual([
    { id: 'alive', user_id: 'ada', created_at: 10, expires_at: 120, revoked_at: null },
    { id: 'ended', user_id: 'ada', created_at: 10, expires_at: 150, revoked_at: 50 },
  ])
  const kept = await database.pool.query('select id from refresh_tokens')
  expect(kept.rowCount).toBe(4)
})
