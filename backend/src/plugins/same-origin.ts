import { AppError } from '@millrace/shared/errors/app-error'
import type { FastifyRequest } from 'fastify'

/**
 * Refuses requests that another web page made a browser send. For routes that act on the cookie alone; programs
 * send no Origin. Throws AppError ORIGIN_NOT_ALLOWED.
 */
export function requireOwnOrigin(request: FastifyRequest, allowedOrigins: readonly string[]): void {
  const { origin } = request.headers
  if (origin === undefined || allowedOrigins.includes(origin)) return
  if (!URL.canParse(origin) || new URL(origin).host !== request.host) throw new AppError('ORIGIN_NOT_ALLOWED')
}
