import type { IncomingHttpHeaders } from 'node:http'
import { isLoopback } from '../config.ts'

/** What a proxy adds; a request with any of these only looks as if it came from here. */
const proxyHeaders = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via']

/**
 * Whether a request was made on this machine, by a program that asked for this machine. The name that was asked
 * for counts too: a page of another site can point its own name here.
 */
export function isFromThisMachine(remoteAddress: string | undefined, headers: IncomingHttpHeaders): boolean {
  const address = (remoteAddress ?? '').replace(/^::ffff:/, '')
  const host = (headers.host ?? '').replace(/:\d+$/, '')
  return isLoopback(address) && isLoopback(host) && !proxyHeaders.some((name) => headers[name] !== undefined)
}
