import type { Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { AppError } from '@millrace/shared/errors/app-error'
import type { Json } from '@millrace/shared/json'
import type { HttpNodeRequest } from '@millrace/temporal/ports'

/** Between two words on how far a body has come: what is small or quick needs none. */
const progressBytesMin = 128 * 1024
const progressIntervalMs = 250

export interface BodyBounds {
  bytesMax: number
  /** Null: not known. */
  totalBytes?: number | null
  onProgress?: HttpNodeRequest['onProgress']
}

/**
 * Reads a body up to `bytesMax`, counted after decompression, so that a small compressed body cannot become a large one.
 * Throws AppError OUTPUT_TOO_LARGE and stops reading.
 */
export async function readBody(
  body: Readable,
  encoding: string | undefined,
  { bytesMax, totalBytes = null, onProgress }: BodyBounds,
): Promise<Buffer> {
  const decoder = decoderOf(encoding)
  let failure: unknown
  if (decoder !== null) {
    body.on('error', (error) => {
      failure ??= error
      decoder.destroy(error)
    })
  }
  const source: Readable = decoder === null ? body : body.pipe(decoder)
  const parts: Buffer[] = []
  let bytes = 0
  let toldBytes = 0
  let toldAt = performance.now()
  try {
    for await (const part of source as AsyncIterable<Buffer>) {
      bytes += part.byteLength
      if (bytes > bytesMax) throw new AppError('OUTPUT_TOO_LARGE', { bytesMax })
      parts.push(part)
      if (onProgress === undefined || bytes - toldBytes < progressBytesMin) continue
      if (performance.now() - toldAt < progressIntervalMs) continue
      await onProgress(bytes, totalBytes)
      toldBytes = bytes
      toldAt = performance.now()
    }
  } catch (error) {
    throw failure ?? error
  } finally {
    body.destroy()
  }
  return Buffer.concat(parts)
}

function decoderOf(encoding: string | undefined) {
  switch (encoding?.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip()
    case 'deflate':
      return createInflate()
    case 'br':
      return createBrotliDecompress()
    default:
      return null
  }
}

/** JSON where the content type says so and it parses; else text in the charset that the content type names. */
export function parseBody(bytes: Buffer, contentType: string): Json {
  const text = decode(bytes, contentType)
  if (!/^(?:application\/json|[\w.+/-]+\+json|text\/json)\b/i.test(contentType.trim())) return storable(text)
  try {
    // The database stores neither U+0000 nor halves of surrogate pairs, which JSON can spell.
    return /\\u(?:0000|d[89a-f])/i.test(text)
      ? JSON.parse(text, (_, value) => (typeof value === 'string' ? storable(value) : value))
      : JSON.parse(text)
  } catch {
    return storable(text)
  }
}

function decode(bytes: Buffer, contentType: string): string {
  const charset = /charset\s*=\s*"?([\w.:-]+)/i.exec(contentType)?.[1] ?? 'utf-8'
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    // A charset nobody knows.
    return new TextDecoder().decode(bytes)
  }
}

function storable(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD').toWellFormed()
}
