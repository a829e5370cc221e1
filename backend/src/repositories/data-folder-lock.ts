import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@millrace/shared/errors/app-error'

/** What the lock file says of its holder. */
interface Holder {
  pid: number
  /** Start time of the process in clock ticks since boot, where the system tells it: a pid alone may be reused. */
  startTicks: string | null
}

export interface DataFolderLock {
  release(): Promise<void>
}

/** Tries of the take-over of a dead holder's lock; each loses only to another process that starts at the same time. */
const triesMax = 3

/**
 * Gives one process the data folder. PGlite itself has no lock: two processes open the same folder
 * without an error and overwrite each other's rows. Throws AppError DATA_FOLDER_IN_USE.
 */
export async function lockDataFolder(dataDir: string): Promise<DataFolderLock> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const path = join(dataDir, 'lock.json')
  const own = `${path}.${randomUUID()}`
  const holder: Holder = { pid: process.pid, startTicks: await startTicksOf(process.pid) }
  await writeFile(own, JSON.stringify(holder), { mode: 0o600 })
  try {
    for (let attempt = 1; attempt <= triesMax; attempt++) {
      if (await linkedTo(own, path)) return { release: () => rm(path, { force: true }) }
      const text = await readFile(path, 'utf8').catch(() => null)
      const other = parseHolder(text)
      if (other !== null && (await isAlive(other)))
        throw new AppError('DATA_FOLDER_IN_USE', { dataDir, pid: other.pid })
      await removeDead(path, text)
    }
    throw new AppError('DATA_FOLDER_IN_USE', { dataDir })
  } finally {
    await rm(own, { force: true })
  }
}

/** A hard link appears whole or not at all, so nobody ever reads a half-written lock of a living process. */
async function linkedTo(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Moves the dead lock aside before removing it: if it turns out to be a newer one, it is put back. */
async function removeDead(path: string, text: string | null): Promise<void> {
  const aside = `${path}.${randomUUID()}`
  try {
    await rename(path, aside)
  } catch {
    // Somebody else was faster.
    return
  }
  const moved = await readFile(aside, 'utf8')
  if (moved !== text) await linkedTo(aside, path)
  await rm(aside, { force: true })
}

/** Null: nothing readable, so left by a writer that died in the act. */
function parseHolder(text: string | null): Holder | null {
  try {
    return text === null ? null : (JSON.parse(text) as Holder)
  } catch {
    return null
  }
}

async function isAlive(holder: Holder): Promise<boolean> {
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const ticks = await startTicksOf(holder.pid)
  return holder.startTicks === null || ticks === null || ticks === holder.startTicks
}

/** Field 22 of /proc/<pid>/stat (proc(5)); null where there is no such file. */
async function startTicksOf(pid: number): Promise<string | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}
