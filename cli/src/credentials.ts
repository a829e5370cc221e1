import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
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
  /** Where that key was made. */
  workspaceId: z.string().optional(),
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

/** Tries the place before anything is made that is to be kept there. Throws CliError CREDENTIALS_UNWRITABLE. */
export async function checkCredentialsPlace(place: Place): Promise<void> {
  const path = credentialsPath(place)
  try {
    await rm(await writeDraft(path, ''))
    if ((await stat(path).catch(() => null))?.isDirectory() === true) throw new Error('a folder is in its place')
  } catch (error) {
    throw unwritable(path, error)
  }
}

/** Readable by the user alone from the first byte on; never half written. Throws CliError CREDENTIALS_UNWRITABLE. */
export async function writeCredentials(place: Place, credentials: StoredCredentials): Promise<void> {
  const path = credentialsPath(place)
  try {
    await rename(await writeDraft(path, `${JSON.stringify(credentials, null, 2)}\n`), path)
  } catch (error) {
    throw unwritable(path, error)
  }
}

/** Beside the file, so that it can take its place in one step. */
async function writeDraft(path: string, text: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}.new`
  // Left over from a process that had this number and was killed.
  await rm(draft, { force: true })
  await writeFile(draft, text, { mode: 0o600, flag: 'wx' })
  return draft
}

function unwritable(path: string, error: unknown): CliError {
  const reason = error instanceof Error ? ('code' in error ? String(error.code) : error.message) : String(error)
  return new CliError('CREDENTIALS_UNWRITABLE', `${path} cannot be written (${reason}).`, {
    advice: 'Make the folder writable, name another with XDG_CONFIG_HOME, or use MILLRACE_API_KEY instead.',
    exitCode: exitCodes.usage,
  })
}

export async function removeCredentials(place: Place): Promise<void> {
  await rm(credentialsPath(place), { force: true })
}
