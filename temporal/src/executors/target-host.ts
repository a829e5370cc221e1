/**
 * Scheme and host of an address. The rest stays out of what is told: paths and queries carry tokens, of webhooks for
 * example, and a person without an account sees the log, but not the address in the drawing.
 */
export function targetHost(url: string): string {
  const parsed = URL.parse(url.trim())
  return parsed === null || parsed.host === '' ? 'an address that is none' : `${parsed.protocol}//${parsed.host}`
}
