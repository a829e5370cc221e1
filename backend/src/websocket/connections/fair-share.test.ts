import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Outgoing } from '../frames/outgoing.ts'
import { FairShare, type Sharer } from './fair-share.ts'

/** Somebody with messages of given sizes to add. */
class Talker implements Sharer {
  readonly key: string
  deficitBytes = 0
  readonly waiting: number[]
  addedBytes = 0

  constructor(key: string, waiting: number[]) {
    this.key = key
    this.waiting = waiting
  }

  /** True: it could go on. */
  add(out: Outgoing): boolean {
    while (!out.isFull) {
      const bytes = this.waiting.shift()
      if (bytes === undefined) return false
      out.addBuffer(Buffer.alloc(bytes))
      this.addedBytes += bytes
    }
    return this.waiting.length > 0
  }
}

const write = (share: FairShare, talkers: readonly Talker[], budgetBytes = 64 * 1024) => {
  const out = new Outgoing(budgetBytes)
  const due = talkers.filter(({ waiting }) => waiting.length > 0)
  share.divide(due, out, (talker) => talker.add(out))
  return out
}

describe('FairShare', () => {
  it('S12 lets a short word pass however much another has to say, wherever they stand', () => {
    for (const isFirst of [true, false]) {
      const busy = new Talker(
        'busy',
        Array.from({ length: 1000 }, () => 400),
      )
      const calm = new Talker('calm', [300])
      write(new FairShare(), isFirst ? [busy, calm] : [calm, busy])
      expect(calm.waiting).toEqual([])
      expect(busy.addedBytes).toBeGreaterThan(60 * 1024)
    }
  })

  it('gives one alone the whole write', () => {
    const alone = new Talker(
      'alone',
      Array.from({ length: 1000 }, () => 400),
    )
    let takes = 0
    const out = new Outgoing(64 * 1024)
    new FairShare().divide([alone], out, (talker) => {
      takes += 1
      return talker.add(out)
    })
    expect([takes, alone.addedBytes >= 64 * 1024]).toEqual([1, true])
  })

  it('divides by bytes and not by messages', () => {
    const share = new FairShare()
    const long = new Talker(
      'long',
      Array.from({ length: 100 }, () => 30_000),
    )
    const short = new Talker(
      'short',
      Array.from({ length: 10_000 }, () => 300),
    )
    for (let turn = 0; turn < 20; turn += 1) write(share, [long, short])
    expect(long.addedBytes / short.addedBytes).toBeGreaterThan(0.8)
    expect(long.addedBytes / short.addedBytes).toBeLessThan(1.25)
  })

  it('serves a hundred who all have more than a write holds within as many writes as their shares need', () => {
    const share = new FairShare()
    const talkers = Array.from({ length: 100 }, (_, index) => new Talker(String(index), Array(200).fill(1000)))
    // Shares of 8 KiB, eight or so in a write of 64 KiB.
    for (let turn = 0; turn < 15; turn += 1) write(share, talkers)
    expect(talkers.filter(({ addedBytes }) => addedBytes === 0)).toEqual([])
  })

  it('adds everything in the end, whatever the sizes, and never loops', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 1, max: 40_000 }), { maxLength: 20 }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 70_000 }),
        (sizes, budgetBytes) => {
          const share = new FairShare()
          const talkers = sizes.map((waiting, index) => new Talker(String(index), [...waiting]))
          for (let turn = 0; talkers.some(({ waiting }) => waiting.length > 0); turn += 1) {
            expect(turn).toBeLessThan(200)
            expect(write(share, talkers, budgetBytes).bytes).toBeGreaterThan(0)
          }
          expect(talkers.map(({ addedBytes }) => addedBytes)).toEqual(
            sizes.map((waiting) => waiting.reduce((sum, bytes) => sum + bytes, 0)),
          )
        },
      ),
    )
  })
})
