import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Closers } from '../src/compose/closers.ts'
import { startHousekeeping } from '../src/compose/start-housekeeping.ts'
import { DocumentFiles } from '../src/knowledge/document-files.ts'
import { createLogger } from '../src/logging/create-logger.ts'
import { insertRefreshToken } from '../src/repositories/refresh-tokens.ts'
import { refreshTokens, signIns } from '../src/repositories/schema/identity.ts'
import { authorityChanges, invitations, shareLinks } from '../src/repositories/schema/sharing.ts'
import { insertSignIn } from '../src/repositories/sign-ins.ts'
import { insertUser } from '../src/repositories/users.ts'
import { insertWorkspace } from '../src/repositories/workspaces.ts'
import { openTestPglite, type TestDatabase } from './support/test-database.ts'

const hourMs = 60 * 60 * 1000
const dayMs = 24 * hourMs

let server: TestDatabase
let filesDir: string

beforeAll(async () => {
  server = await openTestPglite()
  filesDir = await mkdtemp(join(tmpdir(), 'millrace-files-'))
})
afterAll(async () => {
  await server.close()
  await rm(filesDir, { recursive: true, force: true })
})

test('forgets changed rights after an hour, links a month after their end, and sign-ins at theirs', async () => {
  const { orm } = server.database
  const now = Date.now()
  const user = { id: 'u', email: 'u@example.org', name: 'U', passwordHash: '', isOwner: false, createdAt: now }
  await insertUser(orm, user)
  await insertWorkspace(orm, { id: 'w', name: 'W', createdAt: now })
  await orm.insert(authorityChanges).values([
    { kind: 'user', subject: 'old', changedAt: now - hourMs - 5000 },
    { kind: 'user', subject: 'young', changedAt: now - hourMs + 60_000 },
  ])
  const link = (id: string, expiresAt: number) => {
    const shown = { id, workspaceId: 'w', tokenHash: id, createdBy: 'u', createdAt: 1, expiresAt }
    return [
      orm.insert(invitations).values({ ...shown, role: 'viewer' }),
      orm.insert(shareLinks).values({ ...shown, executionId: 'e' }),
    ]
  }
  await Promise.all([...link('old', now - 30 * dayMs - 5000), ...link('young', now - 30 * dayMs + 60_000)])
  for (const [id, expiresAt] of [['old', now - 5000] as const, ['young', now + 60_000] as const]) {
    await insertSignIn(orm, { id, userId: 'u', createdAt: 1, expiresAt })
    await insertRefreshToken(orm, { id, familyId: id, tokenHash: id, createdAt: 1, expiresAt })
  }

  const closers = new Closers()
  const logger = createLogger({ level: 'silent', format: 'json' }, process.stderr)
  startHousekeeping({ database: server.database, files: new DocumentFiles(filesDir) }, closers, logger)
  // The first sweep begins at once; closing waits for it.
  await closers.closeAll(logger)

  expect((await orm.select().from(authorityChanges)).map(({ subject }) => subject)).toEqual(['young'])
  expect((await orm.select().from(invitations)).map(({ id }) => id)).toEqual(['young'])
  expect((await orm.select().from(shareLinks)).map(({ id }) => id)).toEqual(['young'])
  expect((await orm.select().from(signIns)).map(({ id }) => id)).toEqual(['young'])
  expect((await orm.select().from(refreshTokens)).map(({ id }) => id)).toEqual(['young'])
})
