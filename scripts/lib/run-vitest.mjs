import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeBinary, nodeEnv } from './node-binary.mjs'
import { root } from './root.mjs'
import { runCommand } from './run-command.mjs'
import { countVitestReport } from './vitest-counts.mjs'

/**
 * Runs projects of vitest.config.ts, showing their output, and counts.
 *
 * @param {string[]} projects
 * @param {{ signal?: AbortSignal, timeoutMs: number, files?: string[] }} options `files` are name filters
 * @returns {Promise<import('./vitest-counts.mjs').Counts>}
 */
export async function runVitest(projects, { signal, timeoutMs, files = [] }) {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-vitest-'))
  const reportFile = join(folder, 'report.json')
  try {
    const run = await runCommand(
      nodeBinary(),
      [
        join(root, 'node_modules', 'vitest', 'vitest.mjs'),
        'run',
        ...files,
        ...projects.flatMap((project) => ['--project', project]),
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${reportFile}`,
      ],
      { cwd: root, env: nodeEnv(), inherit: true, signal, timeoutMs },
    )
    return countVitestReport(await readFile(reportFile, 'utf8').catch(() => null), run)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
