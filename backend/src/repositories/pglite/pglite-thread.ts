import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'

/** Entry of the thread that holds PGlite, so that a slow query never blocks the event loop of the API. */

export type ThreadRequest = { type: 'connect'; port: MessagePort } | { type: 'close' }
export type ThreadReply = { type: 'ready' } | { type: 'failed'; message: string } | { type: 'closed' }

const { folder } = workerData as { folder: string }
if (parentPort === null) throw new Error('pglite-thread runs as a worker thread only')
const parent = parentPort

/** One message at a time over all connections: PGlite has a single backend. */
let chain: Promise<unknown> = Promise.resolve()

function inOrder<T>(work: () => Promise<T>): Promise<T> {
  const next = chain.then(work)
  chain = next.catch(() => undefined)
  return next
}

function serve(db: PGlite, port: MessagePort): void {
  port.on('message', (message: Uint8Array | null) => {
    if (message === null) {
      // The client has gone, perhaps within a transaction, which would hold the only backend for ever;
      // and its prepared statements would meet those of the next client.
      void inOrder(() => db.exec('ROLLBACK')).catch(() => undefined)
      void inOrder(() => db.exec('DISCARD ALL')).catch(() => undefined)
      port.close()
      return
    }
    inOrder(() => db.execProtocolRaw(message)).then(
      (reply) => port.postMessage(reply),
      // Database errors are replies; what lands here is a broken backend.
      (error: unknown) => {
        parent.postMessage({ type: 'failed', message: String(error) } satisfies ThreadReply)
        port.close()
      },
    )
  })
}

try {
  const db = await PGlite.create({ dataDir: folder, extensions: { vector } })
  parent.on('message', (request: ThreadRequest) => {
    if (request.type === 'connect') serve(db, request.port)
    else
      void inOrder(() => db.close()).then(() => {
        parent.postMessage({ type: 'closed' } satisfies ThreadReply)
        parent.close()
      })
  })
  parent.postMessage({ type: 'ready' } satisfies ThreadReply)
} catch (error) {
  parent.postMessage({
    type: 'failed',
    message: error instanceof Error ? error.message : String(error),
  } satisfies ThreadReply)
}
