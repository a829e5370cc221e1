import { join } from 'node:path'
import { provisionChromium } from '../provision-chromium.mjs'
import { provisionTemporal } from '../provision-temporal.mjs'
import { buildWebApp, buildWorkflowBundle } from './builds.mjs'
import { ensureInstalled } from './install.mjs'
import { nodeBinary, nodeEnv } from './node-binary.mjs'
import { formatDuration } from './progress.mjs'
import { packageFolders, root } from './root.mjs'
import { runCommand } from './run-command.mjs'
import { runVitest } from './run-vitest.mjs'

const MINUTE_MS = 60_000
/** Static checks take seconds each; the bound only catches one that hangs. */
const CHECK_TIMEOUT_MS = 5 * MINUTE_MS

/**
 * @typedef {object} Stage
 * @property {string} id what `--only` names
 * @property {string} title
 * @property {string[]} [needs] stages without which this one makes no sense
 * @property {(options: { signal: AbortSignal }) => Promise<import('./vitest-counts.mjs').Counts>} run
 *   A failure may also be thrown.
 */

/** What CI checks, in its order: the cheap and the telling first. @type {Stage[]} */
export const stages = [
  preparation('install', 'Packages', ensureInstalled),
  check('lock', 'Lock file', [join('scripts', 'check-lock.mjs')]),
  check('format', 'Format (biome)', [bin('@biomejs/biome', 'bin/biome'), 'ci', '--reporter=summary', '.']),
  check('types', 'Types (tsc)', [bin('typescript', 'bin/tsc'), '-b']),
  check('lint', 'Lint (oxlint)', [bin('oxlint', 'bin/oxlint'), '--deny-warnings', '.']),
  check('fence', 'Import fence (dependency-cruiser)', [
    bin('dependency-cruiser', 'bin/dependency-cruiser.mjs'),
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'err-long',
    ...packageFolders,
  ]),
  tests('unit', 'Unit tests', ['unit', 'unit-dom'], { needs: ['install'], timeoutMs: 10 * MINUTE_MS }),
  preparation('temporal', 'Temporal server', provisionTemporal),
  preparation('web', 'Web app', buildWebApp, ['install']),
  preparation('workflows', 'Workflow bundle', buildWorkflowBundle, ['install']),
  tests('integration', 'Integration tests', ['integration'], {
    needs: ['install', 'temporal', 'workflows'],
    timeoutMs: 30 * MINUTE_MS,
  }),
  preparation('chromium', 'Chromium', provisionChromium, ['install']),
  tests('e2e', 'End-to-end tests', ['e2e'], {
    needs: ['install', 'temporal', 'web', 'workflows', 'chromium'],
    timeoutMs: 20 * MINUTE_MS,
  }),
]

/**
 * The stages to run for `--only`, with those they need, in their usual order.
 *
 * @param {string[]} ids
 */
export function selectStages(ids) {
  const wanted = new Set(ids.flatMap((id) => [id, ...(stages.find((stage) => stage.id === id)?.needs ?? [])]))
  return stages.filter((stage) => wanted.has(stage.id))
}

function bin(packageName, path) {
  return join('node_modules', packageName, path)
}

/** A tool that passes by exit code 0: one test. */
function check(id, title, args) {
  const run = async ({ signal }) => {
    const result = await runCommand(nodeBinary(), args, {
      cwd: root,
      env: nodeEnv(),
      inherit: true,
      signal,
      timeoutMs: CHECK_TIMEOUT_MS,
    })
    if (result.timedOut) throw new Error(`stopped after ${formatDuration(CHECK_TIMEOUT_MS)}; it takes seconds normally`)
    if (result.code !== 0) throw new Error(`ended with code ${result.code}`)
    return { passed: 1, failed: 0, skipped: 0, reasons: [] }
  }
  return { id, title, needs: ['install'], run }
}

/** Something later stages need. Not a test by itself, so it counts only when it fails. */
function preparation(id, title, prepare, needs = []) {
  const run = async (options) => {
    await prepare(options)
    return { passed: 0, failed: 0, skipped: 0, reasons: [] }
  }
  return { id, title, needs, run }
}

function tests(id, title, projects, { needs, timeoutMs }) {
  return { id, title, needs, run: ({ signal }) => runVitest(projects, { signal, timeoutMs }) }
}
