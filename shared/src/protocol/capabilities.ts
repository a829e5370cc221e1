/**
 * What a client may understand beyond the base of the protocol. It lists them in the address
 * (`/ws?capabilities=batch,ack`), `connected` says which were granted.
 */
export const capabilities = ['batch', 'ack', 'presence'] as const
export type Capability = (typeof capabilities)[number]

/** Longest list that is read: room for ten times as many as there are. */
const listCharactersMax = 512

/** Those of a list that this version knows; others are ignored, so that clients may be newer. */
export function parseCapabilities(list: unknown): Capability[] {
  if (typeof list !== 'string' || list.length > listCharactersMax) return []
  const names = new Set(list.split(',').map((name) => name.trim()))
  return capabilities.filter((capability) => names.has(capability))
}

/** The address with the capabilities in it, where it does not name them itself. */
export function withCapabilities(url: string, wanted: readonly Capability[]): string {
  if (/[?&]capabilities=/.test(url)) return url
  return `${url}${url.includes('?') ? '&' : '?'}capabilities=${wanted.join(',')}`
}
