import { AppError } from '@millrace/shared/errors/app-error'
import type { FastifyRequest } from 'fastify'

/**
 * Refuses requests that another web page made a browser send. For routes that act on the cookie alone; programs
 * send no Origin. A page without TLS is another one where this request is known to have come with it, for anybody on
 * the way can write such a page. Throws AppError ORIGIN_NOT_ALLOWED.
 */
export function requireOwnOrigin(request: FastifyRequest, allowedOrigins: readonly string[]): void {
  const { origin } = request.headers
  if (origin === undefined || allowedOrigins.includes(origin)) return
  const page = URL.canParse(origin) ? new URL(origin) : null
  const isOwn = page?.host === request.host && (page.protocol === 'https:' || request.protocol !== 'https')
  if (!isOwn) throw new AppError('ORIGIN_NOT_ALLOWED')
}
