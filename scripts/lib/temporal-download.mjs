import { createWriteStream } from 'node:fs'
import { chmod, mkdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { formatDuration, say, startProgress } from './progress.mjs'
import { runCommand } from './run-command.mjs'

/** Many company networks refuse this host. It either answers soon or the next way is better than waiting. */
const RESPONSE_TIMEOUT_MS = 5_000
/** About 115 MB; a line too slow for this builds faster with Go. */
const DOWNLOAD_TIMEOUT_MS = 240_000

/**
 * Gets the Temporal CLI from the place the Temporal SDKs download it from.
 *
 * @param {{ version: string, workDir: string, target: string, signal?: AbortSignal }} options
 */
export async function downloadTemporal({ version, workDir, target, signal }) {
  const response = await request(archiveUrl(version), signal)
  let receivedBytes = 0
  const stopProgress = startProgress('Downloading the Temporal server', () => `${Math.round(receivedBytes / 1e6)} MB`)
  try {
    const archive = join(workDir, 'temporal-archive')
    const body = Readable.fromWeb(response.body)
    body.on('data', (chunk) => (receivedBytes += chunk.length))
    await pipeline(body, createWriteStream(archive), { signal })
    // tar reads gzip here and, where it is bsdtar (Windows, macOS), zip as well.
    const unpack = await runCommand('tar', ['-xf', archive, '-C', workDir], { signal })
    if (unpack.code !== 0) throw new Error(`the archive could not be unpacked (${unpack.tail.at(-1) ?? 'tar failed'})`)
    const unpacked = join(workDir, process.platform === 'win32' ? 'temporal.exe' : 'temporal')
    await chmod(unpacked, 0o755)
    await mkdir(dirname(target), { recursive: true })
    await rename(unpacked, target)
  } finally {
    say(`  Download of the Temporal server ended after ${formatDuration(stopProgress())}.`)
  }
}

/** @param {string} version */
function archiveUrl(version) {
  const platform = { win32: 'windows' }[process.platform] ?? process.platform
  const arch = { x64: 'amd64' }[process.arch] ?? process.arch
  return `https://temporal.download/cli/archive/v${version}?platform=${platform}&arch=${arch}`
}

async function request(url, signal) {
  const giveUp = new AbortController()
  const timer = setTimeout(
    () => giveUp.abort(new Error(`no answer within ${formatDuration(RESPONSE_TIMEOUT_MS)}`)),
    RESPONSE_TIMEOUT_MS,
  )
  try {
    // The response outlives `giveUp`'s timer, so the whole download is bounded by a signal of its own.
    const signals = [giveUp.signal, AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS), ...(signal ? [signal] : [])]
    const response = await fetch(url, { signal: AbortSignal.any(signals) })
    if (!response.ok || !response.body) throw new Error(`${new URL(url).host} answered ${response.status}`)
    return response
  } catch (error) {
    const reason = error.cause?.code
    if (!reason) throw error
    throw new Error(`${new URL(url).host} cannot be reached (${reason})`, { cause: error })
  } finally {
    clearTimeout(timer)
  }
}
