import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { isLoopback, isOpenToOthers, type ServerConfig } from '../config.ts'

/** What a proxy adds; a request with any of these only looks as if it came from here. */
const proxyHeaders = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via']

/**
 * Whether a request was made on this machine, by a program that asked for this machine. The name that was asked
 * for counts too: a page of another site can point its own name here.
 */
export function isFromThisMachine(remoteAddress: string | undefined, headers: IncomingHttpHeaders): boolean {
  const address = (remoteAddress ?? '').replace(/^::ffff:/, '')
  const host = (headers.host ?? '').replace(/:\d+$/, '')
  return isLoopback(address) && isLoopback(host) && !proxyHeaders.some((name) => headers[name] !== undefined)
}

/**
 * Whether setting up the owner takes the token that was printed at start: whoever comes first owns the installation,
 * so that is asked of everybody but a person at this machine. A proxy may add nothing to what it passes on, so behind
 * one that is known of nobody counts as being here.
 */
export function needsSetupToken(
  { socket, headers }: Pick<FastifyRequest, 'socket' | 'headers'>,
  config: Pick<ServerConfig, 'host' | 'trustProxy'>,
): boolean {
  return isOpenToOthers(config) || !isFromThisMachine(socket.remoteAddress, headers)
}
