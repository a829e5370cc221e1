import { runConformanceTests } from '@durable-streams/server-conformance-tests'
import { afterAll, beforeAll } from 'vitest'
import { checkRecord } from './conformance-record.ts'
import { type ConformanceServer, longPollMs, openConformanceServer } from './conformance-server.ts'

let server: ConformanceServer
/** The suite reads the address with each request. */
const options = { baseUrl: '', longPollTimeoutMs: longPollMs }

beforeAll(async () => {
  server = await openConformanceServer()
  options.baseUrl = server.url
})
// Vitest hands the file over second, and reads from the first which fixtures are wanted: none.
// biome-ignore lint/correctness/noEmptyPattern: as above.
// oxlint-disable-next-line no-empty-pattern -- as above.
afterAll(async ({}, file) => {
  await server.close()
  await checkRecord(file.tasks)
})

runConformanceTests(options)
