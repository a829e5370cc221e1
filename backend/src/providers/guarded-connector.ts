import { lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { AppError } from '@millrace/shared/errors/app-error'
import { buildConnector } from 'undici'
import { addressOfHost, isPrivateAddress } from './private-addresses.ts'

export interface AddressPolicy {
  /** Lets workflows reach loopback and private networks: for installations whose users own the network. */
  allowPrivateAddresses: boolean
  /** `host:port` pairs that may be reached although they are private, as addresses spell them: `localhost:80`, `[::1]:80`. */
  allowedHosts: readonly string[]
}

/**
 * Connects to public addresses only. The check is made on the very addresses that are dialled, inside the lookup
 * of the connection, so that a name that resolves differently a moment later changes nothing.
 * `lookup` stands in for the resolver of the system in tests.
 */
export function createGuardedConnector(
  policy: AddressPolicy,
  connectTimeoutMs: number,
  lookup: LookupFunction = systemLookup,
): buildConnector.connector {
  const unguarded = buildConnector({ timeout: connectTimeoutMs, lookup })
  const guarded = buildConnector({ timeout: connectTimeoutMs, lookup: guardedLookup(lookup) })
  return (options, callback) => {
    const port = options.port || (options.protocol === 'https:' ? '443' : '80')
    // IPv6 addresses come here without their brackets.
    const host = options.hostname.includes(':') ? `[${options.hostname.replace(/[[\]]/g, '')}]` : options.hostname
    if (policy.allowPrivateAddresses || policy.allowedHosts.includes(`${host}:${port}`))
      return unguarded(options, callback)
    // An address needs no lookup, so it never reaches the guarded one.
    const address = addressOfHost(options.hostname)
    if (address !== null && isPrivateAddress(address)) return callback(addressRefused(options.hostname), null)
    return guarded(options, callback)
  }
}

/** One private address among several is enough to refuse: which of them is dialled is not ours to choose. */
function guardedLookup(lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '', 0)
      const addresses = Array.isArray(found) ? found : [{ address: found, family: found.includes(':') ? 6 : 4 }]
      const [first] = addresses
      if (first === undefined || addresses.some(({ address }) => isPrivateAddress(address)))
        return callback(addressRefused(hostname), '', 0)
      if (options.all === true) return callback(null, addresses)
      callback(null, first.address, first.family)
    })
  }
}

/** Names the host only: which private address stands behind a name is nobody's business. */
function addressRefused(host: string): AppError & NodeJS.ErrnoException {
  return new AppError('HTTP_ADDRESS_REFUSED', { host })
}
