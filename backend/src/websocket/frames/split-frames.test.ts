import fc from 'fast-check'
import { expect, it } from 'vitest'
import { splitFrames } from './split-frames.ts'
import { encodeTextFrame, pingFrame } from './text-frame.ts'

it('gives back what was framed, whatever its length', () => {
  const text = fc.oneof(
    fc.string(),
    fc.nat(80_000).map((length) => 'é'.repeat(length)),
  )
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), (texts) => {
      const buffer = Buffer.concat([pingFrame, ...texts.flatMap((each) => encodeTextFrame(each).fragments)])
      const [ping, ...frames] = splitFrames(buffer)
      expect(ping).toMatchObject({ isControl: true, isLast: true })
      const messages: string[] = []
      let parts: Buffer[] = []
      for (const { isControl, isLast, payload } of frames) {
        expect(isControl).toBe(false)
        parts.push(payload)
        if (!isLast) continue
        messages.push(Buffer.concat(parts).toString())
        parts = []
      }
      expect(messages).toEqual(texts)
    }),
    { numRuns: 50 },
  )
})
