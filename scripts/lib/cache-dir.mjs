import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/**
 * Where things that take minutes to get are kept. Outside the clone, so that a second clone finds them.
 *
 * @param {NodeJS.ProcessEnv} [env]
 */
export function cacheDir(env = process.env) {
  if (env.MILLRACE_CACHE_DIR) return resolve(env.MILLRACE_CACHE_DIR)
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'millrace')
}
