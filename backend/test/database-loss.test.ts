import { expect, it } from 'vitest'
import { EventLog } from '../src/events/event-log.ts'
import { isConnectionError, nameConnectionError } from '../src/repositories/connection-error.ts'
import { openDatabase } from '../src/repositories/database.ts'
import { listMemberships } from '../src/repositories/workspaces.ts'
import { documentDraft } from './delivery/memory-log.ts'
import { FaultProxy } from './support/fault-proxy.ts'
import { openTestPostgres } from './support/test-database.ts'

it('a connection that is lost while it is in use fails its work, never the process', async () => {
  const postgres = await openTestPostgres()
  const url = new URL(postgres.url ?? '')
  const network = await FaultProxy.open({ targetPort: Number(url.port) })
  url.port = String(network.port)
  const database = await openDatabase({ dataDir: '', databaseUrl: url.href, onFailure: () => undefined })
  try {
    const client = await database.pool.connect()
    // The pool listens only while a connection is idle, and an error that nobody listens to ends the process.
    expect(client.listenerCount('error')).toBeGreaterThan(0)
    network.cutAll('rst')
    await expect(client.query('select 1')).rejects.toThrow()
    client.release()
    await database.ping()

    // However it is lost, and whoever wraps it: the one code by which callers know that trying again helps.
    network.refuse()
    network.cutAll('rst')
    const failure = await listMemberships(database.orm, 'nobody').catch((error: unknown) => error)
    expect(nameConnectionError(failure)).toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
    network.heal()
    expect(await listMemberships(database.orm, 'nobody')).toEqual([])
    const refused = await database.pool.query('select no_such_column').catch((error: unknown) => error)
    expect(nameConnectionError(refused)).toBe(refused)
  } finally {
    await database.close()
    await network.close()
    await postgres.close()
  }
})

it('a connection that dies without a word holds up appends and readings for a bounded time', async () => {
  const postgres = await openTestPostgres()
  const url = new URL(postgres.url ?? '')
  const network = await FaultProxy.open({ targetPort: Number(url.port) })
  url.port = String(network.port)
  const database = await openDatabase({ dataDir: '', databaseUrl: url.href, onFailure: () => undefined })
  const log = new EventLog(database.pool, { transactionMsMax: 300, readMsMax: 300 })
  const owner = { workspaceId: 'ws-1', userId: 'ada' }
  try {
    await log.append(owner, [documentDraft('kb', 'first')])
    network.blackhole()
    const lost = log.append(owner, [documentDraft('kb', 'second')])
    await expect(lost).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
    const readings = await Promise.allSettled([log.read('workspace:ws-1', 0, 10), log.head('workspace:ws-1')])
    expect(readings.map((one) => one.status === 'rejected' && isConnectionError(one.reason))).toEqual([true, true])
    network.heal()
    const { outcomes } = await log.append(owner, [documentDraft('kb', 'second'), documentDraft('kb', 'third')])
    // The lost one was stored or it was not; who asks again is told, and it is there once.
    expect(outcomes.map(({ status }) => status)).toEqual([expect.stringMatching(/appended|duplicate/), 'appended'])
    const stored = await log.read('workspace:ws-1', 0, 10)
    expect(stored.map(({ eventId }) => eventId.split('/')[0])).toEqual(['first', 'second', 'third'])
  } finally {
    await log.close()
    await database.close()
    await network.close()
    await postgres.close()
  }
})
