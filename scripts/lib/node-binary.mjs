import { join } from 'node:path'
import { isExecutableFile } from './find-on-path.mjs'
import { UserError } from './main.mjs'
import { isNodeNewEnough, nodeTooOldMessage } from './node-version.mjs'
import { root } from './root.mjs'

/**
 * The Node that runs our TypeScript: this one if it is new enough, else the one that the installation brought.
 * Resolved to the executable itself, because signals sent to a wrapper script would not reach it.
 *
 * @returns {string}
 */
export function nodeBinary() {
  if (isNodeNewEnough(process.versions.node)) return process.execPath
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const file = process.platform === 'win32' ? 'node.exe' : 'node'
  const installed = join(root, 'node_modules', `node-${platform}-${process.arch}`, 'bin', file)
  if (isExecutableFile(installed)) return installed
  throw new UserError(nodeTooOldMessage(process.versions.node))
}

/** The environment for child processes, in which a bare `node` is that Node too. */
export function nodeEnv(env = process.env) {
  const separator = process.platform === 'win32' ? ';' : ':'
  return { ...env, PATH: [join(root, 'node_modules', '.bin'), env.PATH].filter(Boolean).join(separator) }
}
