import { createHash } from 'node:crypto'

export interface SeededRandom {
  /** From 0 up to, not including, `count`. */
  below(count: number): number
  pick<Item>(items: readonly [Item, ...Item[]]): Item
}

/**
 * The same seed gives the same choices on every machine and in every attempt.
 * Generator: mulberry32 over the first 32 bits of the seed's SHA-256; good enough to vary sentences, never for secrets.
 */
export function seededRandom(seed: string): SeededRandom {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0)
  const below = (count: number) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * count)
  }
  return { below, pick: (items) => items[below(items.length)] ?? items[0] }
}
