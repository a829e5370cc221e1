/**
 * Bytes of a text file as text: UTF-16 by its mark, UTF-8 where it is valid, else Windows-1252, in which every
 * byte means something. U+0000 and halves of surrogate pairs become U+FFFD: the database stores neither.
 */
export function decodeText(bytes: Uint8Array): string {
  return storable(decode(bytes).replace(/\r\n?/g, '\n'))
}

function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** Text that Postgres takes, also inside jsonb. */
export function storable(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').toWellFormed()
}
