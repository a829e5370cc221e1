import { afterAll, beforeAll, expect, it } from 'vitest'
import { cutWriteAheadLog } from '../src/repositories/pglite/bound-write-ahead-log.ts'
import { openTestPglite, type TestDatabase } from './support/test-database.ts'

const megabyte = 1024 * 1024
let test: TestDatabase

beforeAll(async () => {
  test = await openTestPglite()
})
afterAll(() => test.close())

it('cuts the write-ahead log of the embedded database when it has grown, and only then', async () => {
  const { pool } = test.database
  await cutWriteAheadLog(pool, 0)
  expect(await cutWriteAheadLog(pool, 4 * megabyte)).toBe(false)
  await pool.query(
    `insert into events (topic, seq, event_id, type, payload, created_at)
     select 'workspace:w', place, place::text, 'note', repeat(md5(place::text), 40), 1 from generate_series(1, 6000) as place`,
  )
  expect(await cutWriteAheadLog(pool, 4 * megabyte)).toBe(true)
  expect(await cutWriteAheadLog(pool, 4 * megabyte)).toBe(false)
})
