import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'

/** How long a browser may remember the answer to a preflight, in seconds. */
const preflightSeconds = 600

/**
 * What pages of ours may load: nothing from elsewhere. `'self'` covers the socket of the same origin. Styles
 * may be inline because controls position themselves by them. No HSTS and no upgrade to HTTPS: on a
 * machine in a local network there is none, and where there is, the proxy sets both.
 */
export async function setSecurityHeaders(app: FastifyInstance, allowedOrigins: readonly string[]): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        baseUri: ["'self'"],
        connectSrc: ["'self'"],
        fontSrc: ["'self'", 'data:'],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        objectSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        workerSrc: ["'self'", 'blob:'],
      },
    },
    strictTransportSecurity: false,
    crossOriginResourcePolicy: { policy: allowedOrigins.length === 0 ? 'same-origin' : 'cross-origin' },
  })
  if (allowedOrigins.length === 0) return
  await app.register(cors, {
    origin: [...allowedOrigins],
    credentials: true,
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: [
      'x-request-id',
      'retry-after',
      'idempotency-replayed',
      'etag',
      'stream-next-offset',
      'stream-up-to-date',
      'stream-closed',
      'stream-cursor',
    ],
    maxAge: preflightSeconds,
  })
}
