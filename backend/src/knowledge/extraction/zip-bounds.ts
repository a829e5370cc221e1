import { inflateRawSync } from 'node:zlib'

const endOfDirectory = 0x06054b50
const directoryEntry = 0x02014b50
const localEntry = 0x04034b50

export interface ZipBounds {
  unpackedBytesMax: number
  zipEntriesMax: number
}

/**
 * Unpacks every entry of a zip file once, into nothing, to see that all together stay in bounds. The sizes written
 * in the file are not believed. Throws Error with a sentence for people.
 */
export function checkZipBounds(file: Buffer, { unpackedBytesMax, zipEntriesMax }: ZipBounds): void {
  const end = file.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]))
  if (end < 0 || end + 22 > file.length || file.readUInt32LE(end) !== endOfDirectory)
    throw new Error('The file is damaged: its directory is missing.')
  const count = file.readUInt16LE(end + 10)
  if (count > zipEntriesMax) throw new Error('The file has more parts than allowed.')
  let left = unpackedBytesMax
  let at = file.readUInt32LE(end + 16)
  for (let entry = 0; entry < count; entry++) {
    if (at + 46 > file.length || file.readUInt32LE(at) !== directoryEntry)
      throw new Error('The file is damaged: its directory is wrong.')
    const packedBytes = file.readUInt32LE(at + 20)
    const local = file.readUInt32LE(at + 42)
    if ((file.readUInt16LE(at + 8) & 1) !== 0) throw new Error('The file is protected with a password.')
    left -= unpackedBytes(file, { local, packedBytes, method: file.readUInt16LE(at + 10), left })
    if (left < 0) throw new Error('The file unpacks to more than allowed.')
    at += 46 + file.readUInt16LE(at + 28) + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32)
  }
}

function unpackedBytes(
  file: Buffer,
  { local, packedBytes, method, left }: { local: number; packedBytes: number; method: number; left: number },
): number {
  if (local + 30 > file.length || file.readUInt32LE(local) !== localEntry)
    throw new Error('The file is damaged: a part is missing.')
  const start = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28)
  if (start + packedBytes > file.length) throw new Error('The file is damaged: a part is cut off.')
  if (method === 0) return packedBytes
  if (method !== 8) throw new Error('The file is packed in a way that is not known.')
  try {
    return inflateRawSync(file.subarray(start, start + packedBytes), { maxOutputLength: Math.max(1, left) }).byteLength
  } catch (cause) {
    const isTooLarge = cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE'
    throw new Error(
      isTooLarge ? 'The file unpacks to more than allowed.' : 'The file is damaged: a part cannot be unpacked.',
      { cause },
    )
  }
}
