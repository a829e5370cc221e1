import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hashToken } from '../../src/auth/token-hash.ts'
import { openDatabase } from '../../src/repositories/database.ts'
import { refreshTokens } from '../../src/repositories/schema/identity.ts'
import { type HttpApp, openHttpApp, ownerAccount, setUpOwner } from '../support/http-app.ts'
import { openTestPostgres, type TestDatabase } from '../support/test-database.ts'

/** Often enough that two transactions do meet; before sign-ins had a row of their own, half of them outlived it. */
const rounds = 25

let server: TestDatabase
/** Two processes over one Postgres: only there do transactions run at the same time. */
let one: HttpApp
let other: HttpApp

beforeAll(async () => {
  server = await openTestPostgres()
  const url = server.url ?? ''
  const open = () =>
    openHttpApp({}, {}, {}, async () => {
      const database = await openDatabase({ dataDir: '', databaseUrl: url, onFailure: () => undefined })
      return { database, url, dataDir: '', close: () => database.close() }
    })
  one = await open()
  other = await open()
  await setUpOwner(one)
})
afterAll(async () => {
  await other.close()
  await one.close()
  await server.close()
})

async function signIn(): Promise<string> {
  const { email, password } = ownerAccount
  const { cookie } = await one.send('POST', '/api/auth/login', { body: { email, password } })
  return cookie ?? ''
}

const refresh = (app: HttpApp, cookie: string) => app.send('POST', '/api/auth/refresh', { cookie })

/** What the answer of a refresh is still good for, by cookie and by access token. */
async function expectWorthless({ status, cookie = '', body }: Awaited<ReturnType<typeof refresh>>): Promise<void> {
  if (status === 401) return
  expect(status).toBe(200)
  expect((await refresh(one, cookie)).status).toBe(401)
  expect((await one.send('GET', '/api/me', { token: String(body['accessToken']) })).status).toBe(401)
}

test('ends a sign-in for good that is carried on at the same moment', async () => {
  for (let round = 0; round < rounds; round += 1) {
    const cookie = await signIn()
    const [carriedOn, signedOut] = await Promise.all([
      refresh(one, cookie),
      other.send('POST', '/api/auth/logout', { cookie }),
    ])
    expect(signedOut.status).toBe(204)
    await expectWorthless(carriedOn)
  }
})

test('ends a copied sign-in for good whose newer token is used at the same moment', async () => {
  for (let round = 0; round < rounds; round += 1) {
    const cookie = await signIn()
    const { cookie: newer = '' } = await refresh(one, cookie)
    await server.database.orm
      .update(refreshTokens)
      .set({ usedAt: Date.now() - 11_000 })
      .where(eq(refreshTokens.tokenHash, hashToken(cookie)))
    const [carriedOn, copied] = await Promise.all([refresh(one, newer), refresh(other, cookie)])
    expect(copied.status).toBe(401)
    await expectWorthless(carriedOn)
  }
})
