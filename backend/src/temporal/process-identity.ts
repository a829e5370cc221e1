import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/** What tells a process from a later one that got the same number. */
export interface ProcessIdentity {
  /** As the system writes it; only ever compared. */
  startedAt: string
  command: string
}

/** Null when there is no such process, or it is a zombie that nobody has reaped yet. */
export async function readProcessIdentity(pid: number): Promise<ProcessIdentity | null> {
  try {
    return process.platform === 'linux' ? await fromProc(pid) : await fromPs(pid)
  } catch {
    // Both ways fail for the one reason that the process is gone.
    return null
  }
}

async function fromProc(pid: number): Promise<ProcessIdentity | null> {
  const [stat, commandLine] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/cmdline`, 'utf8'),
  ])
  // The second field is the name in brackets and may hold spaces; state is field 3, start time field 22 (proc(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state] = fields
  const startedAt = fields[19]
  if (startedAt === undefined || state === 'Z') return null
  return { startedAt, command: commandLine.replaceAll('\0', ' ').trim() }
}

async function fromPs(pid: number): Promise<ProcessIdentity | null> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=,command=', '-p', String(pid)], { timeout: 5000 })
  const line = stdout.trim()
  // lstart is five words: "Sat Nov 21 10:00:00 2026".
  const words = line.split(/\s+/)
  if (words.length < 6) return null
  return { startedAt: words.slice(0, 5).join(' '), command: words.slice(5).join(' ') }
}
