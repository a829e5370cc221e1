import type { IncomingMessage } from 'node:http'
import { newId } from '../repositories/new-id.ts'

/** What callers and proxies may choose: short, and safe in a log line. */
const acceptable = /^[\w.:-]{1,64}$/

/** The caller's `X-Request-Id` where it has one, so that one name runs through the logs of all parts. */
export function createRequestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && acceptable.test(given) ? given : newId()
}
