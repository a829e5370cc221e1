import { mkdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { runCommand } from './run-command.mjs'

/** The owner of a build folder touches it this often; a pause is a sign that the owner died. */
const HEARTBEAT_INTERVAL_MS = 2_000
/** A folder untouched for this long is taken over. Long enough for a machine that swaps, short enough to wait for. */
const STALE_AFTER_MS = 20_000
const POLL_INTERVAL_MS = 500

/**
 * Runs `build` with a private folder that is also the lock: making the folder is atomic, so of several processes one
 * builds and the others wait. The folder is removed afterwards, whatever happened.
 *
 * The lock only saves work. Correctness comes from the caller renaming the finished file into place, so a takeover
 * that was wrong (the owner was merely suspended) costs a second build and nothing else.
 *
 * @param {string} folder
 * @param {{ isDone: () => Promise<boolean>, build: () => Promise<void>, onWait?: (waitedMs: number) => void,
 *   signal?: AbortSignal }} options `isDone` is asked whenever the folder was free: another process may have finished.
 */
export async function withBuildFolder(folder, { isDone, build, onWait, signal }) {
  await mkdir(dirname(folder), { recursive: true })
  const since = Date.now()
  while (!(await tryCreate(folder))) {
    if (await isStale(folder)) await discard(folder)
    else {
      onWait?.(Date.now() - since)
      await sleep(POLL_INTERVAL_MS, undefined, { signal })
    }
  }
  const heartbeat = setInterval(() => touch(folder), HEARTBEAT_INTERVAL_MS)
  try {
    if (!(await isDone())) await build()
  } finally {
    clearInterval(heartbeat)
    await removeTree(folder)
  }
}

async function tryCreate(folder) {
  try {
    await mkdir(folder)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

async function touch(folder) {
  const now = new Date()
  // A folder that vanished was taken over; the build notices by itself.
  await utimes(folder, now, now).catch(() => {})
}

async function isStale(folder) {
  const stats = await stat(folder).catch(() => null)
  return stats !== null && Date.now() - stats.mtimeMs > STALE_AFTER_MS
}

/** Renames before removing: of two processes that saw the same dead owner only one gets the folder. */
async function discard(folder) {
  const grave = `${folder}-stale-${process.pid}`
  await rename(folder, grave).catch(() => {})
  await removeTree(grave)
}

/** Removes a tree that may hold read-only folders, as Go's module cache does. */
export async function removeTree(path) {
  try {
    await rm(path, { recursive: true, force: true, maxRetries: 3 })
  } catch {
    await runCommand('chmod', ['-R', 'u+w', path])
    await rm(path, { recursive: true, force: true })
  }
}
