import { expect, it } from 'vitest'
import { openDatabase } from '../src/repositories/database.ts'
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
  } finally {
    await database.close()
    await network.close()
    await postgres.close()
  }
})
