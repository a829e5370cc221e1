import { mkdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { findOnPath } from './find-on-path.mjs'
import { formatDuration, say, startProgress } from './progress.mjs'
import { runCommand } from './run-command.mjs'

/** Two minutes on two cores; ten times that still ends by itself on a small machine. */
const BUILD_TIMEOUT_MS = 20 * 60_000
/** From here on Go fetches a newer toolchain by itself when a module asks for one. */
const GO_MINOR_MIN = 21

/**
 * Builds the Temporal CLI from its Go module. Everything Go downloads or caches (about 3 GB) lands in `workDir`, which
 * the caller removes; the user's own Go caches are neither read nor written.
 *
 * @param {{ version: string, workDir: string, target: string, env: NodeJS.ProcessEnv, signal?: AbortSignal }} options
 */
export async function buildTemporalWithGo({ version, workDir, target, env, signal }) {
  const go = findOnPath('go', env)
  if (!go) throw new Error('no "go" on the PATH')
  await checkGoVersion(go, env)

  say(`Building the Temporal server ${version} with Go. This happens once and takes about two minutes.`)
  const progress = { downloadedCount: 0, compiledCount: 0 }
  const stopProgress = startProgress('Building the Temporal server', () => describe(progress))
  try {
    const build = await runCommand(
      go,
      ['install', '-v', '-trimpath', '-ldflags=-s -w', `github.com/temporalio/cli/cmd/temporal@v${version}`],
      {
        env: buildEnv(env, workDir, await goFlags(go, env)),
        signal,
        timeoutMs: BUILD_TIMEOUT_MS,
        onLine: (line) => count(progress, line),
      },
    )
    signal?.throwIfAborted()
    if (build.timedOut) throw new Error(`not finished after ${formatDuration(BUILD_TIMEOUT_MS)}`)
    if (build.code !== 0) throw new Error(`go ended with code ${build.code}: ${lastWords(build.tail)}`)
    await mkdir(dirname(target), { recursive: true })
    await rename(join(workDir, 'bin', process.platform === 'win32' ? 'temporal.exe' : 'temporal'), target)
    say(`Built the Temporal server in ${formatDuration(stopProgress())}.`)
  } finally {
    stopProgress()
  }
}

async function checkGoVersion(go, env) {
  const { stdout } = await runCommand(go, ['env', 'GOVERSION'], { env })
  const minor = Number(/^go1\.(\d+)/.exec(stdout)?.[1])
  if (!(minor >= GO_MINOR_MIN))
    throw new Error(`${go} is ${stdout.trim() || 'not usable'}; Go 1.${GO_MINOR_MIN} or later is needed`)
}

/** Flags set with `go env -w` would be lost by setting GOFLAGS, so they are read and extended. */
async function goFlags(go, env) {
  const { stdout } = await runCommand(go, ['env', 'GOFLAGS'], { env })
  return `${stdout.trim()} -modcacherw`.trim()
}

function buildEnv(env, workDir, GOFLAGS) {
  return {
    ...env,
    GOFLAGS,
    GOPATH: join(workDir, 'path'),
    GOMODCACHE: join(workDir, 'mod'),
    GOCACHE: join(workDir, 'cache'),
    GOTMPDIR: workDir,
    GOBIN: join(workDir, 'bin'),
    // The SQLite inside is pure Go: no C compiler is needed, and one that is broken does no harm.
    CGO_ENABLED: '0',
  }
}

function count(progress, line) {
  if (line.startsWith('go: downloading')) progress.downloadedCount += 1
  else if (!line.startsWith('go: ')) progress.compiledCount += 1
}

function describe({ downloadedCount, compiledCount }) {
  return compiledCount > 0 ? `${compiledCount} packages compiled` : `${downloadedCount} modules downloaded`
}

/** Go prints the reason last, after a long list of package names. */
function lastWords(tail) {
  return (
    tail
      .filter((line) => !/^[\w./~-]+$/.test(line))
      .slice(-4)
      .join(' | ') ||
    tail.at(-1) ||
    'no output'
  )
}
