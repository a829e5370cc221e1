import type { FastifyReply, FastifyRequest } from 'fastify'
import { refreshTokenLifetimeMs } from '../commands/open-session.ts'

/** The refresh token of a browser's sign-in, out of reach of scripts and of other sites. */
export interface SessionCookie {
  read(request: FastifyRequest): string | undefined
  /** Secure wherever the browser used HTTPS. */
  set(request: FastifyRequest, reply: FastifyReply, refreshToken: string): void
  clear(reply: FastifyReply): FastifyReply
}

const cookieName = 'millrace_refresh'

/** `basePath`: where a proxy mounts the product; the browser sends the cookie to the sign-in routes below it only. */
export function createSessionCookie(basePath: string): SessionCookie {
  const path = `${basePath}/api/auth`
  return {
    read: ({ cookies }) => cookies[cookieName],
    set(request, reply, refreshToken) {
      reply.header('cache-control', 'no-store').setCookie(cookieName, refreshToken, {
        path,
        httpOnly: true,
        sameSite: 'strict',
        secure: request.protocol === 'https',
        maxAge: refreshTokenLifetimeMs / 1000,
      })
    },
    clear: (reply) => reply.clearCookie(cookieName, { path }),
  }
}
