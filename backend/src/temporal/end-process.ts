import { setTimeout as delay } from 'node:timers/promises'
import { readProcessIdentity } from './process-identity.ts'

const pollMs = 25
/** After SIGKILL only the system is in the way. */
const killedWithinMs = 5000

/**
 * Ends a process that is not our child: asks, and after `graceMs` kills. Resolves when it is gone; the same number
 * with another start time is another process and is left alone. Throws when it cannot be ended.
 */
export async function endProcess(pid: number, startedAt: string, graceMs: number): Promise<void> {
  const isGone = async () => (await readProcessIdentity(pid))?.startedAt !== startedAt
  if (await isGone()) return
  signal(pid, 'SIGTERM')
  if (await becomesTrue(isGone, graceMs)) return
  signal(pid, 'SIGKILL')
  if (await becomesTrue(isGone, killedWithinMs)) return
  throw new Error(`process ${pid} cannot be ended`)
}

async function becomesTrue(check: () => Promise<boolean>, withinMs: number): Promise<boolean> {
  for (const until = Date.now() + withinMs; Date.now() < until; await delay(pollMs)) if (await check()) return true
  return check()
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    // Gone between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
