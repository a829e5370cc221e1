/**
 * Seconds from `npm start` to a healthy product, first and warm, and to the first streamed token of the Review desk
 * with an owner that is made on the way; memory at rest by process.
 * Repeat with: npm run bench -- start
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ProductClient } from '../test/support/product-client.ts'
import { freePort } from '../test/support/test-database.ts'
import { waitUntil } from '../test/support/wait-until.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const warmRuns = 5
const readyTimeoutMs = 300_000
/** Time for garbage of the start to go before memory is read. */
const restMs = 10_000

interface Started {
  readyMs: number
  /** Null: not looked for. */
  firstTokenMs: number | null
  processes: { name: string; residentMb: number }[]
}

async function startOnce(dataDir: string, { rests = false, runs = false } = {}): Promise<Started> {
  const port = await freePort()
  const began = performance.now()
  const child = spawn('npm', ['start', '--silent', '--', '--port', String(port), '--data-dir', dataDir], {
    cwd: root,
    stdio: 'ignore',
    detached: true,
  })
  const exited = once(child, 'exit')
  try {
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${port}/api/health`).catch(() => null)
      if (answer?.status === 200) break
      if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}`)
      if (performance.now() - began > readyTimeoutMs) throw new Error('not ready in time')
      await delay(20)
    }
    const readyMs = performance.now() - began
    if (runs) await streamFirstToken(`http://127.0.0.1:${port}`)
    const firstTokenMs = runs ? performance.now() - began : null
    if (rests) await delay(restMs)
    return { readyMs, firstTokenMs, processes: rests ? await memoryOfTree(child.pid ?? 0) : [] }
  } finally {
    child.kill('SIGTERM')
    await exited
    // npm is gone before a step at work has had its time; the next start needs the folder.
    await waitUntil(() => !existsSync(join(dataDir, 'lock.json')), { timeoutMs: 30_000, intervalMs: 50 })
  }
}

/** As a new owner would: sets up, takes the template, starts it, and waits for what the model writes. */
async function streamFirstToken(baseUrl: string): Promise<void> {
  const client = await ProductClient.signedIn(baseUrl)
  const workflow = await client.call<{ id: string }>('POST', '/api/templates/review-desk/workflows', {})
  const executionId = await client.start(workflow.id, { topic: 'rivers' })
  const isStreaming = async () => (await client.events(executionId)).some(({ type }) => type === 'node:stream')
  await waitUntil(isStreaming, { timeoutMs: 60_000, intervalMs: 20 })
}

/** Resident memory of a process and all below it, by /proc (Linux). */
async function memoryOfTree(rootPid: number): Promise<Started['processes']> {
  const statuses = await Promise.all(
    (await readdir('/proc'))
      .filter((name) => /^\d+$/.test(name))
      .map(async (pid) => ({
        pid: Number(pid),
        status: await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''),
      })),
  )
  const field = (status: string, name: string) => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1] ?? ''
  const wanted = new Set([rootPid])
  for (let grew = true; grew; ) {
    grew = false
    for (const { pid, status } of statuses) {
      if (!wanted.has(pid) && wanted.has(Number(field(status, 'PPid')))) grew = wanted.add(pid) !== undefined
    }
  }
  const rows = await Promise.all(
    statuses
      .filter(({ pid }) => wanted.has(pid))
      .map(async ({ pid, status }) => {
        const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''))
          .split('\0')
          .slice(0, 2)
          .map((part) => part.split('/').at(-1))
          .join(' ')
        return { name: command || field(status, 'Name'), residentMb: Number(field(status, 'VmRSS')) / 1024 }
      }),
  )
  return rows.filter(({ residentMb }) => residentMb > 0).toSorted((a, b) => b.residentMb - a.residentMb)
}

const dataDir = await mkdtemp(join(tmpdir(), 'millrace-start-'))
const print = (line: string) => process.stdout.write(`${line}\n`)
try {
  print(`${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`)
  const first = await startOnce(dataDir, { runs: true })
  print(`first start (empty data folder, everything installed and built): ${(first.readyMs / 1000).toFixed(2)} s`)
  print(`the same until the first streamed token: ${((first.firstTokenMs ?? 0) / 1000).toFixed(2)} s`)
  const warm: number[] = []
  for (let run = 0; run < warmRuns; run++) warm.push((await startOnce(dataDir)).readyMs / 1000)
  warm.sort((a, b) => a - b)
  print(
    `warm start, ${warmRuns} runs: min ${warm[0]?.toFixed(2)} s, median ${warm[warmRuns >> 1]?.toFixed(2)} s, max ${warm.at(-1)?.toFixed(2)} s`,
  )
  const rested = await startOnce(dataDir, { rests: true })
  for (const { name, residentMb } of rested.processes)
    print(`at rest: ${residentMb.toFixed(0).padStart(5)} MB  ${name}`)
  print(
    `at rest: ${rested.processes
      .reduce((sum, { residentMb }) => sum + residentMb, 0)
      .toFixed(0)
      .padStart(5)} MB  together`,
  )
} finally {
  await rm(dataDir, { recursive: true, force: true })
}
