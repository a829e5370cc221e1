import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { AppError } from '@millrace/shared/errors/app-error'
import pg from 'pg'
import { lockDataFolder } from '../data-folder-lock.ts'
import { boundWriteAheadLog } from './bound-write-ahead-log.ts'
import { PgliteStream } from './pglite-stream.ts'
import type { ThreadReply, ThreadRequest } from './pglite-thread.ts'

/** Longest first start: initdb on a slow disk. A later one takes well under a second. */
const openTimeoutMs = 120_000
const closeTimeoutMs = 10_000

export interface EmbeddedPostgres {
  pool: pg.Pool
  close(): Promise<void>
}

/** Opens PGlite below `dataDir` in a thread of its own. Throws AppError DATA_FOLDER_IN_USE, DATABASE_UNAVAILABLE. */
export async function openPglite(dataDir: string, onFailure: (message: string) => void): Promise<EmbeddedPostgres> {
  const lock = await lockDataFolder(dataDir)
  const folder = join(dataDir, 'postgres')
  const thread = new Worker(new URL('./pglite-thread.ts', import.meta.url), { workerData: { folder } })
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const reply = await nextReply(thread, openTimeoutMs)
    if (reply.type === 'failed') throw new AppError('DATABASE_UNAVAILABLE', { folder, reason: reply.message })
  } catch (error) {
    await thread.terminate()
    await lock.release()
    throw error
  }
  thread.on('message', (reply: ThreadReply) => {
    if (reply.type === 'failed') onFailure(reply.message)
  })
  thread.on('error', (error) => onFailure(error.message))
  // One connection, kept: PGlite has one backend, and a transaction excludes everything else.
  const pool = new pg.Pool({
    max: 1,
    idleTimeoutMillis: 0,
    user: 'postgres',
    database: 'postgres',
    ssl: false,
    stream: () => new PgliteStream(thread) as never,
  })
  const stopCutting = boundWriteAheadLog(pool, onFailure)
  let closing: Promise<void> | null = null
  const close = async () => {
    stopCutting()
    await pool.end()
    thread.postMessage({ type: 'close' } satisfies ThreadRequest)
    await Promise.race([once(thread, 'exit'), new Promise((resolve) => setTimeout(resolve, closeTimeoutMs).unref())])
    await thread.terminate()
    await lock.release()
  }
  return { pool, close: () => (closing ??= close()) }
}

async function nextReply(thread: Worker, timeoutMs: number): Promise<ThreadReply> {
  const [reply] = (await once(thread, 'message', { signal: AbortSignal.timeout(timeoutMs) })) as [ThreadReply]
  return reply
}
