#!/usr/bin/env node
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { abortOnInterrupt } from './lib/interrupt.mjs'
import { runMain, UsageError, UserError } from './lib/main.mjs'
import { nodeBinary, nodeEnv } from './lib/node-binary.mjs'
import { prepare } from './lib/prepare.mjs'
import { packageFolders, root } from './lib/root.mjs'
import { runCommand } from './lib/run-command.mjs'

/** A benchmark is a program of its own, <package>/bench/<name>.bench.ts, that prints its figures and ends. */
const BENCH_FILE = /[.]bench[.]ts$/
const BENCH_TIMEOUT_MS = 20 * 60_000

const USAGE = `Usage: npm run bench -- [<part of a file name>] [options of that benchmark]
       npm run bench -- --list

Runs the benchmarks whose name contains the word, without it all of them, one after the other; nothing else
should run on the machine meanwhile.

  delivery   cost and bounds of delivery to sockets, against other ways (--part <name>, --quick, --write)
  append     from emitter to socket while many events come (--seconds <n>, --rate <n>, --database <kind>, --write)
  streams    the same workflow's text by Temporal Workflow Streams and by ours (--quick, --write)

--write puts the figures into docs/benchmarks.md. --list names all benchmarks.
`

async function main(argv) {
  const [name = '', ...options] = argv
  if (name === '--list') return void console.log((await findBenchmarks()).join('\n'))
  if (name.startsWith('-')) throw new UsageError(`Expected the name of a benchmark instead of ${name}. See --help.`)
  const files = (await findBenchmarks()).filter((file) => file.includes(name))
  if (files.length === 0) throw new UserError(`No benchmark${name && ` with "${name}" in its name`} was found.`)
  if (files.length > 1 && options.length > 0)
    throw new UsageError(`Options are for one benchmark, and ${files.length} have "${name}" in their names.`)

  const { signal, release } = abortOnInterrupt()
  const preparedEnv = await prepare({ signal, withWebApp: false })
  const failed = []
  for (const file of files) {
    if (signal.aborted) break
    console.log(`\n── ${file}`)
    const env = { ...nodeEnv(), ...preparedEnv }
    const result = await runCommand(nodeBinary(), ['--expose-gc', file, ...options], {
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
