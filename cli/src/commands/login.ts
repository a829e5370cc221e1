import { text as readAll } from 'node:stream/consumers'
import { Authenticated, CreatedApiKey, Me } from '@millrace/shared/api/auth'
import { z } from 'zod'
import { createApiClient } from '../api-client.ts'
import { ask, askSecret } from '../ask.ts'
import { usageError } from '../cli-error.ts'
import type { Command } from '../command.ts'
import { credentialsPath, readCredentials, type StoredCredentials, writeCredentials } from '../credentials.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Host } from '../host.ts'
import { oneLine } from '../output/printable.ts'
import { printJson, printLines } from '../print.ts'
import { chooseUrl } from '../server.ts'

export const login: Command = {
  name: 'login',
  summary: 'Sign in and remember it',
  usage: '[--email <address>] [--api-key <key|->]',
  details: `  --email <address>  asked for when absent; the password is always asked for, or read as a line from a pipe
  --api-key <key>    keeps a key made in the web app instead; "-" reads it from stdin

With a password it makes an API key named after this machine, keeps that, and forgets the password.
`,
  options: { email: { type: 'string' }, 'api-key': { type: 'string' } },
  positionals: { min: 0, max: 0 },
  async run(line, host) {
    const url = await chooseUrl(host, line.text('url'))
    const given = line.text('api-key')
    if (given !== undefined && line.text('email') !== undefined)
      throw usageError('Give --email or --api-key, not both.')
    const credentials =
      given === undefined ? await signIn(host, url, line.text('email')) : await checkKey(host, url, given)
    await writeCredentials(host, credentials)
    const { email } = credentials
    if (line.flag('json')) printJson(host, [{ url, email }])
    else printLines(host, [`Signed in at ${url} as ${oneLine(email)}.`, `The key is kept in ${credentialsPath(host)}.`])
    return exitCodes.done
  },
}

async function checkKey(host: Host, url: string, given: string): Promise<StoredCredentials> {
  const apiKey = (given === '-' ? await readAll(host.stdin) : given).trim()
  const { user } = await createApiClient(url, apiKey).request('GET', '/api/me', { schema: Me })
  return { url, apiKey, email: user.email }
}

async function signIn(host: Host, url: string, emailGiven: string | undefined): Promise<StoredCredentials> {
  const previous = await readCredentials(host)
  const { accessToken, email } = await openSession(host, url, emailGiven)
  const api = createApiClient(url, accessToken)
  const body = { name: `millrace on ${host.hostName}`.slice(0, 120) }
  const created = await api.request('POST', '/api/api-keys', { schema: CreatedApiKey, body })
  if (previous?.url === url && previous.apiKeyId !== undefined) await revoke(url, accessToken, previous.apiKeyId)
  return { url, apiKey: created.key, apiKeyId: created.id, email }
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

/** A key that is gone already is no failure: that is what was wanted. */
export async function revoke(url: string, accessToken: string, apiKeyId: string): Promise<void> {
  const path = `/api/api-keys/${encodeURIComponent(apiKeyId)}`
  try {
    await createApiClient(url, accessToken).request('DELETE', path, { schema: z.null() })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'API_KEY_NOT_FOUND')) throw error
  }
}
