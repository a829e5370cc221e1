import type { Writable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as library from 'ws'
import { encodeTextFrame, fragmentBytesMax } from './text-frame.ts'

/** The library exports it, its types do not. */
const { Receiver } = library as unknown as { Receiver: new (options: { isServer: boolean }) => Writable }

/** What a standard receiver makes of the bytes. */
async function decode(fragments: readonly Buffer[]): Promise<string[]> {
  const receiver = new Receiver({ isServer: false })
  const texts: string[] = []
  receiver.on('message', (data: Buffer, isBinary: boolean) => {
    if (isBinary) throw new Error('binary')
    texts.push(data.toString())
  })
  for (const fragment of fragments) receiver.write(fragment)
  await new Promise((resolve) => receiver.end(resolve))
  return texts
}

describe('encodeTextFrame', () => {
  it.each([0, 1, 125, 126, 127, 65_535, fragmentBytesMax, fragmentBytesMax + 1, 300_000])(
    'frames %i bytes',
    async (length) => {
      const text = 'é'.repeat(Math.floor(length / 2)) + 'x'.repeat(length % 2)
      const { fragments, bytes } = encodeTextFrame(text)
      expect(fragments).toHaveLength(Math.max(1, Math.ceil(length / fragmentBytesMax)))
      expect(bytes).toBe(Buffer.concat([...fragments]).length)
      expect(await decode(fragments)).toEqual([text])
    },
  )

  it('round trips any texts in a row', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme', maxLength: 300 }), { maxLength: 8 }), async (texts) => {
        expect(await decode(texts.flatMap((text) => encodeTextFrame(text).fragments))).toEqual(texts)
      }),
      { numRuns: 50 },
    )
  })
})
