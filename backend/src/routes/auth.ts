import { Authenticated, AuthState, LoginRequest, SetupRequest } from '@millrace/shared/api/auth'
import { AppError, errorCodeOf } from '@millrace/shared/errors/app-error'
import { z } from 'zod'
import type { ApiInstance } from '../api-instance.ts'
import type { AppServices } from '../app-services.ts'
import type { AccessTokens } from '../auth/access-tokens.ts'
import { layOutSamples } from '../commands/lay-out-samples.ts'
import { endSession, refreshSession } from '../commands/refresh-session.ts'
import { setUpOwner } from '../commands/set-up-owner.ts'
import { signIn } from '../commands/sign-in.ts'
import { needsSetupToken } from '../plugins/from-this-machine.ts'
import type { SignInLimit } from '../plugins/rate-limits.ts'
import { requireOwnOrigin } from '../plugins/same-origin.ts'
import type { LiveAuthority } from '../policies/live-authority.ts'
import { hasOwner } from '../repositories/users.ts'
import { createSessionCookie } from './session-cookie.ts'

export function registerAuthRoutes(
  app: ApiInstance,
  services: AppServices & { accessTokens: AccessTokens; signInLimit: SignInLimit; live: LiveAuthority },
): void {
  const { database, config, keys, signInLimit } = services
  const cookie = createSessionCookie(config.basePath)
  const access = { access: 'public' } as const
  const tags = ['auth']

  app.get('/api/auth/state', { config: access, schema: { tags, response: { 200: AuthState } } }, async (request) => {
    const setupRequired = !(await hasOwner(database.orm))
    return { setupRequired, setupTokenRequired: setupRequired && needsSetupToken(request, config) }
  })

  app.post(
    '/api/auth/setup',
    { config: access, schema: { tags, body: SetupRequest, response: { 201: Authenticated } } },
    async (request, reply) => {
      requireOwnOrigin(request, config.allowedOrigins)
      await signInLimit.count(request)
      const setupToken = needsSetupToken(request, config) ? keys.setupToken : null
      const { answer, refreshToken, owner } = await setUpOwner({ ...services, setupToken }, request.body)
      await layOutSamples(services, owner, request.log)
      cookie.set(request, reply, refreshToken)
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
      cookie.set(request, reply, refreshToken)
      return answer
    },
  )

  app.post(
    '/api/auth/refresh',
    { config: access, schema: { tags, response: { 200: Authenticated } } },
    async (request, reply) => {
      requireOwnOrigin(request, config.allowedOrigins)
      const given = cookie.read(request)
      if (given === undefined) throw new AppError('NOT_AUTHENTICATED')
      try {
        const { answer, refreshToken } = await refreshSession(services, given)
        cookie.set(request, reply, refreshToken)
        return answer
      } catch (error) {
        // Only what is known to be worthless is taken away: while the database is away the cookie stays good.
        if (errorCodeOf(error) === 'INVALID_TOKEN') cookie.clear(reply)
        throw error
      }
    },
  )

  app.post(
    '/api/auth/logout',
    { config: access, schema: { tags, response: { 204: z.null() } } },
    async (request, reply) => {
      requireOwnOrigin(request, config.allowedOrigins)
      const given = cookie.read(request)
      if (given !== undefined) await endSession(services, given)
      return cookie.clear(reply).code(204).send(null)
    },
  )
}
