import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { EventLog } from '../src/events/event-log.ts'
import { openDatabase } from '../src/repositories/database.ts'
import { migrateDatabase } from '../src/repositories/migrate-database.ts'
import { documentDraft } from './delivery/memory-log.ts'

const run = promisify(execFile)
const entry = new URL('../src/restored.ts', import.meta.url).pathname

it('the command for a restored backup renames the past of every topic, and says so', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'millrace-restored-'))
  const withLog = async <T>(work: (log: EventLog) => Promise<T>): Promise<T> => {
    const database = await openDatabase({ dataDir, onFailure: () => undefined })
    await migrateDatabase(database)
    const log = new EventLog(database.pool)
    try {
      return await work(log)
    } finally {
      await log.close()
      await database.close()
    }
  }
  try {
    const before = await withLog(async (log) => {
      await log.append({ workspaceId: 'ws-1', userId: 'ada' }, [documentDraft('kb', 'first')])
      return log.head('workspace:ws-1')
    })
    const { stdout } = await run(process.execPath, [entry], {
      env: { ...process.env, MILLRACE_DATA_DIR: dataDir },
      timeout: 60_000,
    })
    expect(stdout).toMatch(/^The past of \d+ topics have a new name/)
    const after = await withLog((log) => log.head('workspace:ws-1'))
    expect(after).toEqual({ ...before, epoch: expect.not.stringMatching(before?.epoch ?? '') })
    const wrong = await run(process.execPath, [entry], { env: { ...process.env, MILLRACE_PORT: 'x' } }).catch(
      (error: { code: number; stderr: string }) => error,
    )
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('MILLRACE_PORT') })
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
})
