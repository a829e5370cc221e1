import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { CliError } from './cli-error.ts'
import { exitCodes } from './exit-codes.ts'
import type { Host } from './host.ts'

/** What `login` keeps: a key of one server. It is sent to no other. */
export const StoredCredentials = z.object({
  url: z.string(),
  apiKey: z.string(),
  /** Of a key that `login` made itself; absent for one that was given. */
  apiKeyId: z.string().optional(),
  email: z.string(),
})
export type StoredCredentials = z.output<typeof StoredCredentials>

type Place = Pick<Host, 'env' | 'homeDir'>

export function credentialsPath({ env, homeDir }: Place): string {
  const configDir = env.XDG_CONFIG_HOME
  return join(configDir ? configDir : join(homeDir, '.config'), 'millrace', 'credentials.json')
}

/** Null when nobody is signed in. Throws CliError CREDENTIALS_UNREADABLE for a damaged file. */
export async function readCredentials(place: Place): Promise<StoredCredentials | null> {
  const path = credentialsPath(place)
  try {
    return StoredCredentials.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw new CliError('CREDENTIALS_UNREADABLE', `${path} cannot be read.`, {
      advice: 'Remove the file and sign in again with: millrace login',
      exitCode: exitCodes.usage,
    })
  }
}

/** Readable by the user alone from the first byte on; never half written. */
export async function writeCredentials(place: Place, credentials: StoredCredentials): Promise<void> {
  const path = credentialsPath(place)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}.new`
  await writeFile(draft, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
  await rename(draft, path)
}

export async function removeCredentials(place: Place): Promise<void> {
  await rm(credentialsPath(place), { force: true })
}
