import { AppError } from '@millrace/shared/errors/app-error'
import { addressOfHost, isPrivateAddress } from '../providers/private-addresses.ts'

/**
 * Tells at once what each attempt would be told: an address that is spelled out can be judged now, a name only when it
 * is dialled. Throws AppError HTTP_ADDRESS_REFUSED.
 */
export function requireHookAddress(url: string, allowPrivateAddresses: boolean): void {
  if (allowPrivateAddresses) return
  const { hostname } = new URL(url)
  const address = addressOfHost(hostname)
  const isPrivate = address === null ? hostname === 'localhost' : isPrivateAddress(address)
  if (isPrivate) throw new AppError('HTTP_ADDRESS_REFUSED', { host: hostname })
}
