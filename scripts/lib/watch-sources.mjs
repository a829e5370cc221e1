import { existsSync, watch } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.mjs'

/** An editor that saves several files, or a git checkout, is one change. */
const SETTLE_MS = 200

/**
 * Calls `onChange` after sources changed; tests and other files do not count.
 *
 * @param {string[]} folders relative to the clone; one that is missing is skipped
 * @param {() => void} onChange
 * @returns {() => void} stops watching
 */
export function watchSources(folders, onChange) {
  let timer
  const notice = (_, name) => {
    if (!/[.](ts|sql)$/.test(name ?? '') || /[.]test[.]ts$/.test(name)) return
    clearTimeout(timer)
    timer = setTimeout(onChange, SETTLE_MS)
  }
  const watchers = folders
    .map((folder) => join(root, folder))
    .filter((folder) => existsSync(folder))
    .map((folder) => watch(folder, { recursive: true }, notice))
  return () => {
    clearTimeout(timer)
    for (const watcher of watchers) watcher.close()
  }
}
