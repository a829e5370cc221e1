interface HostCrypto {
  crypto: { getRandomValues(bytes: Uint8Array): Uint8Array }
}

/** A name for one wish, never used for another. Not randomUUID, which pages without TLS lack. */
export function newIdempotencyKey(): string {
  const bytes = (globalThis as unknown as HostCrypto).crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
