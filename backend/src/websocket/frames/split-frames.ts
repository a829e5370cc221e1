/** One frame of a buffer that holds several, as `text-frame.ts` writes them. */
export interface SplitFrame {
  isControl: boolean
  /** The message ends with it. */
  isLast: boolean
  payload: Buffer
}

/** Takes whole frames from server to client apart again: for what must not be written as they are. */
export function* splitFrames(buffer: Buffer): Generator<SplitFrame> {
  let at = 0
  while (at < buffer.length) {
    const first = buffer[at] ?? 0
    const shortLength = (buffer[at + 1] ?? 0) & 0x7f
    const headerBytes = shortLength < 126 ? 2 : 4
    const length = shortLength < 126 ? shortLength : buffer.readUInt16BE(at + 2)
    const end = at + headerBytes + length
    yield {
      isControl: (first & 0x8) !== 0,
      isLast: (first & 0x80) !== 0,
      payload: buffer.subarray(at + headerBytes, end),
    }
    at = end
  }
}
