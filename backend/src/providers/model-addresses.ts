import { AppError } from '@millrace/shared/errors/app-error'
import type { AddressPolicy } from './guarded-connector.ts'
import { addressOfHost, isPrivateAddress } from './private-addresses.ts'

/** The setting that lets a model server on a private network be reached. */
const allowingSetting = 'MILLRACE_MODEL_HOSTS'

/**
 * Tells whoever types in an address at once what each call would be told: one that is spelled out can be judged now, a
 * name only when it is dialled. Throws AppError HTTP_ADDRESS_REFUSED.
 */
export function requireModelAddress(baseUrl: string, policy: AddressPolicy): void {
  const url = new URL(baseUrl)
  if (policy.allowPrivateAddresses || policy.allowedHosts.includes(hostAndPortOf(url))) return
  const address = addressOfHost(url.hostname)
  const isPrivate = address === null ? /^(?:.+\.)?localhost\.?$/.test(url.hostname) : isPrivateAddress(address)
  if (isPrivate) throw modelAddressRefused(url)
}

/** What to do about it stands in the message: the person at the step is often the one who runs the server, too. */
export function modelAddressRefused(url: URL): AppError {
  const host = hostAndPortOf(url)
  return new AppError(
    'HTTP_ADDRESS_REFUSED',
    { host, setting: allowingSetting },
    {
      message: `The model server ${host} is on this machine or a private network, which is refused unless it is named. If it may be used, start Millrace with ${allowingSetting}=${host}.`,
    },
  )
}

/** `host:port` with the port of the scheme where the address names none. */
export function hostAndPortOf({ hostname, port, protocol }: URL): string {
  return `${hostname}:${port === '' ? (protocol === 'https:' ? '443' : '80') : port}`
}
