import { randomBytes } from 'node:crypto'

/** 120 random bits in characters that need no escaping in addresses and file names. */
export function newId(): string {
  return randomBytes(15).toString('base64url')
}
