import { readFileSync, rmSync, writeFileSync } from 'node:fs'

/** What the next start needs to find a server that outlived us. */
export interface DevServerRecord {
  pid: number
  port: number
  startedAt: string
}

export function writeDevServerRecord(file: string, record: DevServerRecord): void {
  writeFileSync(file, `${JSON.stringify(record)}\n`)
}

/** Null when there is none or it is damaged: then there is nothing that could be ended safely. */
export function readDevServerRecord(file: string): DevServerRecord | null {
  try {
    const value = JSON.parse(readFileSync(file, 'utf8')) as Partial<DevServerRecord>
    const { pid, port, startedAt } = value
    if (typeof pid !== 'number' || typeof port !== 'number' || typeof startedAt !== 'string') return null
    return { pid, port, startedAt }
  } catch {
    return null
  }
}

export function removeDevServerRecord(file: string): void {
  rmSync(file, { force: true })
}
