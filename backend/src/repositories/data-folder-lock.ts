import { mkdir, open, readFile, rm } from 'node:fs/promises'
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
  for (let attempt = 1; attempt <= triesMax; attempt++) {
    try {
      const file = await open(path, 'wx', 0o600)
      await file.writeFile(
        JSON.stringify({ pid: process.pid, startTicks: await startTicksOf(process.pid) } satisfies Holder),
      )
      await file.close()
      return { release: () => rm(path, { force: true }) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const holder = await readHolder(path)
      if (holder !== null && (await isAlive(holder))) {
        throw new AppError('DATA_FOLDER_IN_USE', { dataDir, pid: holder.pid })
      }
      await rm(path, { force: true })
    }
  }
  throw new AppError('DATA_FOLDER_IN_USE', { dataDir })
}

async function readHolder(path: string): Promise<Holder | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder
  } catch {
    // Unreadable or half written: its writer died in the act.
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
