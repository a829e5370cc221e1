import { Authenticated, AuthState, LoginRequest, SetupRequest } from '@millrace/shared/api/auth'
import { AppError, errorCodeOf } from '@millrace/shared/errors/app-error'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ApiInstance } from '../api-instance.ts'
import type { AppServices } from '../app-services.ts'
import type { AccessTokens } from '../auth/access-tokens.ts'
import { layOutSamples } from '../commands/lay-out-samples.ts'
import { refreshTokenLifetimeMs } from '../commands/open-session.ts'
import { endSession, refreshSession } from '../commands/refresh-session.ts'
import { setUpOwner } from '../commands/set-up-owner.ts'
import { signIn } from '../commands/sign-in.ts'
import { isLoopback } from '../config.ts'
import type { SignInLimit } from '../plugins/rate-limits.ts'
import { requireOwnOrigin } from '../plugins/same-origin.ts'
import type { LiveAuthority } from '../policies/live-authority.ts'
import { hasOwner } from '../repositories/users.ts'

const cookieName = 'millrace_refresh'
const cookiePath = '/api/auth'

export function registerAuthRoutes(
  app: ApiInstance,
  services: AppServices & { accessTokens: AccessTokens; signInLimit: SignInLimit; live: LiveAuthority },
): void {
  const { database, config, keys, signInLimit } = services
  const isOpenToOthers = !isLoopback(config.host)
  const access = { access: 'public' } as const
  const tags = ['auth']

  app.get('/api/auth/state', { config: access, schema: { tags, response: { 200: AuthState } } }, async () => {
    const setupRequired = !(await hasOwner(database.orm))
    return { setupRequired, setupTokenRequired: setupRequired && isOpenToOthers }
  })

  app.post(
    '/api/auth/setup',
    { config: access, schema: { tags, body: SetupRequest, response: { 201: Authenticated } } },
    async (request, reply) => {
      requireOwnOrigin(request, config.allowedOrigins)
      await signInLimit.count(request)
      const setupToken = isOpenToOthers ? keys.setupToken : null
      const { answer, refreshToken, owner } = await setUpOwner({ ...services, setupToken }, request.body)
      await layOutSamples(services, owner, request.log)
      setCookie(request, reply, refreshToken)
      return reply.code(201).send(answer)
    },
  )

  app.post(
    '/api/auth/login',
    { config: access, schema: { tags, body: LoginRequest, response: { 200: Authenticated } } },
    async (request, reply) => {
      requireOwnOrigin(request, config.allowedOrigins)
      await signInLimit.count(request)
      const { answer, refreshToken } = await signIn(services, request.body)
      setCookie(request, reply, refreshToken)
      return answer
    },
  )

  app.post(
    '/api/auth/refresh',
    { config: access, schema: { tags, response: { 200: Authenticated } } },
    async (request, reply) => {
      requireOwnOrigin(request, config.allowedOrigins)
      const given = request.cookies[cookieName]
      if (given === undefined) throw new AppError('NOT_AUTHENTICATED')
      try {
        const { answer, refreshToken } = await refreshSession(services, given)
        setCookie(request, reply, refreshToken)
        return answer
      } catch (error) {
        // Only what is known to be worthless is taken away: while the database is away the cookie stays good.
        if (errorCodeOf(error) === 'INVALID_TOKEN') reply.clearCookie(cookieName, { path: cookiePath })
        throw error
      }
    },
  )

  app.post(
    '/api/auth/logout',
    { config: access, schema: { tags, response: { 204: z.null() } } },
    async (request, reply) => {
      requireOwnOrigin(request, config.allowedOrigins)
      const given = request.cookies[cookieName]
      if (given !== undefined) await endSession(services, given)
      return reply.clearCookie(cookieName, { path: cookiePath }).code(204).send(null)
    },
  )
}

/** Out of reach of scripts and of other sites, and sent to these routes only. Secure wherever the browser used HTTPS. */
function setCookie(request: FastifyRequest, reply: FastifyReply, refreshToken: string): void {
  reply.header('cache-control', 'no-store').setCookie(cookieName, refreshToken, {
    path: cookiePath,
    httpOnly: true,
    sameSite: 'strict',
    secure: request.protocol === 'https',
    maxAge: refreshTokenLifetimeMs / 1000,
  })
}
