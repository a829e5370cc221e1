import { isIP } from 'node:net'

/** Loopback, link-local and private networks, as the server's library knows them. */
const rangeNames = ['loopback', 'linklocal', 'uniquelocal'] as const

const off = new Set(['false', '0', 'no', 'off'])
const on = new Set(['true', '1', 'yes', 'on'])

/** Bits of an address, by its version. */
const prefixMax: Record<number, number> = { 4: 32, 6: 128 }

/**
 * Addresses of proxies whose word about a caller counts: the last address of `X-Forwarded-For` that is none of them is
 * the caller, whatever stands before it, for that the caller may have written. A number of proxies is none of these: it
 * would believe whoever comes without them. Empty: nobody is believed; null: the text says something else.
 */
export function parseTrustedProxies(text: string): string[] | null {
  const word = text.trim().toLowerCase()
  if (off.has(word)) return []
  if (on.has(word)) return [...rangeNames]
  const entries = word.split(',').map((entry) => entry.trim())
  return entries.every(isProxy) ? entries : null
}

function isProxy(entry: string): boolean {
  if ((rangeNames as readonly string[]).includes(entry)) return true
  const [address = '', prefix, ...more] = entry.split('/')
  const max = prefixMax[isIP(address)]
  if (max === undefined || more.length > 0 || address.includes('%')) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) >= 1 && Number(prefix) <= max)
}
