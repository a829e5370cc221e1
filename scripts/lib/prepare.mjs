import { provisionTemporal } from '../provision-temporal.mjs'
import { buildWebApp, buildWorkflowBundle } from './builds.mjs'
import { ensureInstalled } from './install.mjs'

/**
 * Everything a start needs, in the shortest order: the Temporal server is got while packages are installed and built,
 * because on a fresh machine both take minutes. When one fails the other is stopped and cleans up.
 *
 * @param {{ signal: AbortSignal, withWebApp?: boolean }} options
 * @returns {Promise<NodeJS.ProcessEnv>} what the backend must be told about it
 */
export async function prepare({ signal, withWebApp = true }) {
  const stop = new AbortController()
  const options = { signal: AbortSignal.any([signal, stop.signal]) }
  const builds = async () => {
    await ensureInstalled(options)
    if (withWebApp) await buildWebApp(options)
    await buildWorkflowBundle(options)
  }
  const parts = [provisionTemporal(options), builds()]
  try {
    const [temporal] = await Promise.all(parts)
    return 'path' in temporal ? { MILLRACE_TEMPORAL_BIN: temporal.path } : {}
  } catch (error) {
    stop.abort()
    await Promise.allSettled(parts)
    throw error
  }
}
