import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { extname, join, normalize } from 'node:path'
import * as data from './fixture-data.ts'

/** The built app. */
const distFolder = new URL('../../dist/', import.meta.url).pathname

const mediaTypes: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

interface Answer {
  status?: number
  body: unknown
}

/** `owner`: whether set-up is done; `session`: whether the cookie is good. */
export interface FixtureState {
  owner: boolean
  session: boolean
  setupTokenRequired: boolean
  /** False: there is none. */
  notices?: boolean
}

/**
 * The built app with made-up data instead of a backend, for looking at pages. Listens on a free port of loopback;
 * no socket, so the connection shows as away.
 */
export async function startFixtureServer(state: FixtureState): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    void handle(request, response, state).catch((error: unknown) => {
      response.writeHead(500).end(String(error))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { url: `http://127.0.0.1:${address.port}`, close: () => closeServer(server) }
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}

async function handle(request: IncomingMessage, response: ServerResponse, state: FixtureState): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://fixture')
  if (url.pathname.startsWith('/api/')) {
    for await (const chunk of request) void chunk
    const { status = 200, body } = answer(`${request.method} ${url.pathname}`, url.searchParams, state)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    return
  }
  const path = normalize(url.pathname)
  const file = extname(path) === '' ? 'index.html' : path
  try {
    const content = await readFile(join(distFolder, file))
    response.writeHead(200, { 'content-type': mediaTypes[extname(file)] ?? 'application/octet-stream' }).end(content)
  } catch {
    response.writeHead(404).end()
  }
}

const authenticated = { accessToken: 'fixture', expiresIn: 900, user: data.user }
const missing: Answer = {
  status: 404,
  body: { code: 'NOT_FOUND', message: 'There is nothing at this address.', requestId: 'fixture' },
}

function answer(route: string, query: URLSearchParams, state: FixtureState): Answer {
  const page = (items: unknown): Answer => ({ body: { items } })
  const id = route.split('/')[3] ?? ''
  switch (route) {
    case 'GET /api/auth/state':
      return { body: { setupRequired: !state.owner, setupTokenRequired: state.setupTokenRequired } }
    case 'POST /api/auth/refresh':
      return state.session
        ? { body: authenticated }
        : { status: 401, body: { code: 'NOT_AUTHENTICATED', message: 'Sign in first.', requestId: 'fixture' } }
    case 'POST /api/auth/login':
    case 'POST /api/auth/setup':
      state.owner = true
      state.session = true
      return { body: authenticated }
    case 'GET /api/me':
      return { body: { user: data.user, workspaces: [{ id: 'ws-1', name: 'Workshop', role: 'owner' }] } }
    case 'GET /api/workspaces/ws-1/members':
      return page(data.members)
    case 'GET /api/workspaces/ws-1/invitations':
      return page(data.invitations)
    case 'POST /api/invitations/look-up':
      return { body: data.invitationPreview }
    case 'GET /api/health':
      return {
        body: {
          status: 'degraded',
          version: '0.1.0',
          uptimeMs: 8_000_000,
          components: {
            database: { status: 'ok', detail: 'PGlite' },
            temporal: { status: 'away', detail: 'no answer for 12 s' },
            worker: { status: 'ok' },
          },
        },
      }
    case 'GET /api/workflows':
      return page(data.workflows)
    case 'GET /api/templates':
      return page(data.templates)
    case 'GET /api/executions':
      return page(
        data.executions.filter((item) => (query.get('status') ?? item.status).split(',').includes(item.status)),
      )
    case 'GET /api/prompts':
      return page(data.prompts.filter((item) => item.status === (query.get('status') ?? item.status)))
    case 'GET /api/knowledge-bases':
      return page(data.knowledgeBases)
    case 'GET /api/knowledge-bases/kb-1/documents':
      return page(data.documents)
    case 'POST /api/knowledge-bases/kb-1/search':
      return { body: { items: data.hits } }
    case 'GET /api/api-keys':
      return page(data.apiKeys)
    case 'GET /api/notifications':
      return page(state.notices === false ? [] : data.notices)
    case 'GET /api/hooks':
      return page(data.hooks)
    case 'POST /api/hooks/hook-1/secret':
      return { body: { ...data.hooks[0], secret: 'whsec_fixture_3f9c1d7a5b2e4f60' } }
    case 'GET /api/credentials':
      return page(data.credentials)
  }
  if (route.startsWith('GET /api/templates/')) return found(data.templates.find((item) => item.id === id))
  if (route.startsWith('GET /api/workflows/')) return found(data.workflows.find((item) => item.id === id))
  if (route.startsWith('GET /api/executions/')) return { body: data.executionDetail(id) }
  if (route.startsWith('GET /api/knowledge-bases/')) return found(data.knowledgeBases.find((item) => item.id === id))
  if (route.startsWith('GET /api/prompts/'))
    return found(data.prompts.find((item) => item.requestId === decodeURIComponent(id)))
  return missing
}

function found(body: unknown): Answer {
  return body === undefined ? missing : { body }
}
