import { AppError } from '../errors/app-error.ts'
import type { Json } from '../json.ts'

/** UTF-8 bytes of a text, counted without TextEncoder, which not every place has. */
export function utf8Bytes(text: string): number {
  let bytes = 0
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    // Each half of a surrogate pair counts 2: four bytes for the pair. A lone half would be replaced by 3 bytes; close enough.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3
  }
  return bytes
}

/** UTF-8 bytes of a value as JSON. */
export function jsonBytes(value: Json): number {
  return utf8Bytes(JSON.stringify(value))
}

/** Throws AppError OUTPUT_TOO_LARGE when the value's JSON is longer than `bytesMax`. */
export function requireBytes(value: Json, bytesMax: number): void {
  const bytes = jsonBytes(value)
  if (bytes > bytesMax)
    throw new AppError(
      'OUTPUT_TOO_LARGE',
      { bytes, bytesMax },
      { message: `The output has ${bytes} bytes; a step may produce ${bytesMax}.` },
    )
}
