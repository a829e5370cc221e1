import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type Spawned, spawnNode } from './spawned.ts'
import { waitUntil } from './wait-until.ts'

const entry = fileURLToPath(new URL('../../../backend/src/main.ts', import.meta.url))
/** First start on an empty folder with both servers, on a busy machine. */
const readyTimeoutMs = 90_000

export const owner = { email: 'owner@example.com', password: 'correct horse battery', name: 'Olive Owner' }

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('a listening server has a port')
  return address.port
}

/** The whole product as an operator starts it. */
export async function startProduct(dataDir: string, port: number): Promise<{ process: Spawned; url: string }> {
  const product = spawnNode([entry], { MILLRACE_DATA_DIR: dataDir, MILLRACE_PORT: String(port) })
  const url = `http://127.0.0.1:${port}`
  const output = () => product.stdout() + product.stderr()
  await waitUntil(
    async () => {
      if (product.child.exitCode !== null) throw new Error(`the product ended:\n${output()}`)
      return (await fetch(`${url}/api/health`).catch(() => null))?.status === 200
    },
    { timeoutMs: readyTimeoutMs, describe: () => `the product is healthy:\n${output()}` },
  )
  return { process: product, url }
}

/** One call of the public HTTP API, for what the command line does not do. */
export async function post<Body>(url: string, body: unknown, token = ''): Promise<Body> {
  const authorization = token === '' ? {} : { authorization: `Bearer ${token}` }
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`)
  return JSON.parse(text) as Body
}
