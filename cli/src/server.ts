import { CliError, usageError } from './cli-error.ts'
import { readCredentials } from './credentials.ts'
import type { Host } from './host.ts'

/** Where a local `npm start` listens. */
const defaultUrl = 'http://localhost:3001'

export interface Server {
  /** Without a slash at its end. */
  url: string
  apiKey: string
}

/** The address without a slash at its end. Throws CliError USAGE for what is no http address. */
export function normalUrl(text: string): string {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    throw usageError(`"${text}" is no address.`, 'Write it like http://localhost:3001')
  }
  const { origin, pathname } = new URL(text)
  return `${origin}${pathname}`.replace(/\/+$/, '')
}

/** By the option, the environment, the last sign-in, or the default; in this order. */
export async function chooseUrl(host: Host, option: string | undefined): Promise<string> {
  const named = option ?? (host.env.MILLRACE_URL || undefined)
  if (named !== undefined) return normalUrl(named)
  return (await readCredentials(host))?.url ?? defaultUrl
}

/** The server and the key for it. Throws CliError NOT_AUTHENTICATED when there is no key for this server. */
export async function chooseServer(host: Host, option: string | undefined): Promise<Server> {
  const url = await chooseUrl(host, option)
  // A key from a file often ends with a line break, which no header may hold.
  const given = host.env.MILLRACE_API_KEY?.trim()
  if (given) return { url, apiKey: given }
  const stored = await readCredentials(host)
  if (stored?.url !== url) {
    const login = url === defaultUrl ? 'millrace login' : `millrace login --url ${url}`
    throw new CliError('NOT_AUTHENTICATED', `Nobody is signed in at ${url}.`, { advice: `Sign in with: ${login}` })
  }
  return { url, apiKey: stored.apiKey }
}
