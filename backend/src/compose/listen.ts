import { createServer } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { isLoopback, type ServerConfig } from '../config.ts'

/** Asks for the port before the slow parts start, so that a taken one is told at once. Throws EADDRINUSE and its kin. */
export async function requireFreePort({ host, port }: ServerConfig): Promise<void> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject)
    probe.listen({ host, port }, () => probe.close(() => resolve()))
  })
}

/** Returns the address for people: with the port that was really taken, and a host that a browser can open. */
export async function listen(app: FastifyInstance, { host, port }: ServerConfig): Promise<string> {
  await listenSilently(app, { host, port })
  const address = app.server.address()
  const actualPort = typeof address === 'object' && address !== null ? address.port : port
  const isForAll = host === '0.0.0.0' || host === '::'
  const shownHost = isLoopback(host) || isForAll ? 'localhost' : host
  return `http://${shownHost.includes(':') ? `[${shownHost}]` : shownHost}:${actualPort}`
}

/** Fastify logs a line per address at info; the process says once and for people where it is, when all of it is ready. */
async function listenSilently(app: FastifyInstance, place: { host: string; port: number }): Promise<void> {
  const { level } = app.log
  app.log.level = 'warn'
  try {
    await app.listen(place)
  } finally {
    app.log.level = level
  }
}
