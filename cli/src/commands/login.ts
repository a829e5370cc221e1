import { text as readAll } from 'node:stream/consumers'
import { Authenticated, CreatedApiKey, Me } from '@millrace/shared/api/auth'
import { z } from 'zod'
import { createApiClient } from '../api-client.ts'
import { ask, askSecret } from '../ask.ts'
import { CliError, usageError } from '../cli-error.ts'
import type { Command } from '../command.ts'
import {
  checkCredentialsPlace,
  credentialsPath,
  readCredentials,
  type StoredCredentials,
  writeCredentials,
} from '../credentials.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Host } from '../host.ts'
import { oneLine } from '../output/printable.ts'
import { printJson, printLines } from '../print.ts'
import { chooseUrl } from '../server.ts'

export const login: Command = {
  name: 'login',
  summary: 'Sign in and remember it',
  usage: '[--email <address>] [--workspace <id or name>] [--api-key <key|->]',
  details: `  --email <address>  asked for when absent; the password is always asked for, or read as a line from a pipe
  --workspace <id or name>  where the key is for, when you belong to several; by default the one you joined first
  --api-key <key>    keeps a key made in the web app instead; "-" reads it from stdin

With a password it makes an API key named after this machine, keeps that, and forgets the password.
`,
  options: { email: { type: 'string' }, workspace: { type: 'string' }, 'api-key': { type: 'string' } },
  positionals: { min: 0, max: 0 },
  async run(line, host) {
    const url = await chooseUrl(host, line.text('url'))
    const given = line.text('api-key')
    const [email, workspace] = [line.text('email'), line.text('workspace')]
    if (given !== undefined && (email ?? workspace) !== undefined) {
      throw usageError('--api-key goes without --email and --workspace: a key is of one person and one workspace.')
    }
    await checkCredentialsPlace(host)
    const kept = given === undefined ? await signIn(host, url, { email, workspace }) : await keepKey(host, url, given)
    if (line.flag('json')) printJson(host, [{ url, email: kept.email, workspace: kept.workspace.name }])
    else {
      printLines(host, [
        `Signed in at ${url} as ${oneLine(kept.email)}, workspace ${oneLine(kept.workspace.name)}.`,
        `The key is kept in ${credentialsPath(host)}.`,
      ])
    }
    return exitCodes.done
  },
}

type Workspace = Me['workspaces'][number]

interface Kept {
  email: string
  workspace: Workspace
}

async function keepKey(host: Host, url: string, given: string): Promise<Kept> {
  const apiKey = (given === '-' ? await readAll(host.stdin) : given).trim()
  const { user, workspaces } = await createApiClient(url, apiKey).request('GET', '/api/me', { schema: Me })
  const workspace = chooseWorkspace(workspaces, undefined)
  await writeCredentials(host, { url, apiKey, email: user.email })
  return { email: user.email, workspace }
}

async function signIn(
  host: Host,
  url: string,
  asked: { email: string | undefined; workspace: string | undefined },
): Promise<Kept> {
  const previous = await readCredentials(host)
  const { accessToken, email } = await openSession(host, url, asked.email)
  const { workspaces } = await createApiClient(url, accessToken).request('GET', '/api/me', { schema: Me })
  const workspace = chooseWorkspace(workspaces, asked.workspace)
  const body = { name: `millrace on ${host.hostName}`.slice(0, 120) }
  const api = createApiClient(url, accessToken, workspace.id)
  const { id, key } = await api.request('POST', '/api/api-keys', { schema: CreatedApiKey, body })
  try {
    await writeCredentials(host, { url, apiKey: key, apiKeyId: id, workspaceId: workspace.id, email })
  } catch (error) {
    // A key that nobody holds must not stay valid.
    await revoke(url, accessToken, { apiKeyId: id, workspaceId: workspace.id })
    throw error
  }
  if (previous?.url === url) await revokePrevious(host, accessToken, previous)
  return { email, workspace }
}

/** The new key is kept by now, so a failure is told and does not undo the sign-in. */
async function revokePrevious(host: Host, accessToken: string, previous: StoredCredentials): Promise<void> {
  try {
    await revoke(previous.url, accessToken, previous)
  } catch (error) {
    const reason = error instanceof Error ? ` (${oneLine(error.message)})` : ''
    host.stderr.write(
      `The key of your previous sign-in could not be ended${reason}. It stays valid until you revoke it in the settings.\n`,
    )
  }
}

/** By id or, whatever its case, by name; the first where none is asked for. Throws CliError WORKSPACE_NOT_FOUND. */
export function chooseWorkspace(workspaces: readonly Workspace[], asked: string | undefined): Workspace {
  const wanted = asked?.trim().toLowerCase()
  const named = workspaces.filter(({ name }) => wanted === undefined || name.toLowerCase() === wanted)
  const [found, second] = [workspaces.find(({ id }) => id === asked) ?? named[0], named[1]]
  if (found === undefined) {
    const names = workspaces.map(({ name }) => `"${oneLine(name)}"`).join(', ')
    const which = asked === undefined ? '' : ` "${asked}"`
    const others = names === '' ? '' : ` Yours: ${names}.`
    throw new CliError('WORKSPACE_NOT_FOUND', `You belong to no workspace${which}.${others}`)
  }
  if (wanted !== undefined && found.id !== asked && second !== undefined) {
    const ids = named.map(({ id }) => id).join(', ')
    throw new CliError('AMBIGUOUS_NAME', `${named.length} of your workspaces are called "${asked}": ${ids}.`)
  }
  return found
}

/** Signs in by password. Throws CliError INVALID_CREDENTIALS. */
export async function openSession(
  host: Host,
  url: string,
  emailGiven: string | undefined,
): Promise<{ accessToken: string; email: string }> {
  if (emailGiven === undefined && host.stdin.isTTY !== true) {
    throw usageError('Without a terminal, name --email and send the password as a line, or use --api-key.')
  }
  const email = emailGiven ?? (await ask(host, 'E-mail: '))
  const password = await askSecret(host, 'Password: ')
  const api = createApiClient(url, null)
  const { accessToken, user } = await api.request('POST', '/api/auth/login', {
    schema: Authenticated,
    body: { email, password },
  })
  return { accessToken, email: user.email }
}

/** The key is gone, or the person has left its workspace, which ended it. */
const goneCodes = ['API_KEY_NOT_FOUND', 'WORKSPACE_NOT_FOUND', 'FORBIDDEN']

/** Ends a key that `login` made. One that is gone already is no failure: that is what was wanted. */
export async function revoke(
  url: string,
  accessToken: string,
  { apiKeyId, workspaceId }: Pick<StoredCredentials, 'apiKeyId' | 'workspaceId'>,
): Promise<void> {
  if (apiKeyId === undefined) return
  const path = `/api/api-keys/${encodeURIComponent(apiKeyId)}`
  try {
    await createApiClient(url, accessToken, workspaceId).request('DELETE', path, { schema: z.null() })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && goneCodes.includes(String(error.code)))) throw error
  }
}
