#!/usr/bin/env node
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { abortOnInterrupt } from './lib/interrupt.mjs'
import { parseOptions, runMain, UserError } from './lib/main.mjs'
import { nodeBinary, nodeEnv } from './lib/node-binary.mjs'
import { prepare } from './lib/prepare.mjs'
import { packageFolders, root } from './lib/root.mjs'
import { runCommand } from './lib/run-command.mjs'

/** A benchmark is a program of its own, <package>/bench/<name>.bench.ts, that prints its figures and ends. */
const BENCH_FILE = /[.]bench[.]ts$/
const BENCH_TIMEOUT_MS = 20 * 60_000

const USAGE = `Usage: npm run bench -- [--only <part of a file name>]

Runs the benchmarks one after the other; nothing else should run on the machine meanwhile.
`

async function main(argv) {
  const { only = '' } = parseOptions(argv, { only: { type: 'string' } })
  const { signal, release } = abortOnInterrupt()
  const preparedEnv = await prepare({ signal, withWebApp: false })
  const files = (await findBenchmarks()).filter((file) => file.includes(only))
  if (files.length === 0) throw new UserError(`No benchmark${only && ` with "${only}" in its name`} was found.`)

  const failed = []
  for (const file of files) {
    if (signal.aborted) break
    console.log(`\n── ${file}`)
    const env = { ...nodeEnv(), ...preparedEnv }
    const result = await runCommand(nodeBinary(), [file], {
      cwd: root,
      env,
      inherit: true,
      signal,
      timeoutMs: BENCH_TIMEOUT_MS,
    })
    if (result.code !== 0) failed.push(file)
  }
  release()
  signal.throwIfAborted()
  if (failed.length > 0) throw new UserError(`Ended with an error: ${failed.join(', ')}`)
}

async function findBenchmarks() {
  const lists = await Promise.all(
    packageFolders.map(async (folder) => {
      const names = await readdir(join(root, folder, 'bench')).catch(() => [])
      return names.filter((name) => BENCH_FILE.test(name)).map((name) => join(folder, 'bench', name))
    }),
  )
  return lists.flat().sort()
}

await runMain(USAGE, main)
