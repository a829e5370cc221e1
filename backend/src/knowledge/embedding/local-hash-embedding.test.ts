import { describe, expect, it } from 'vitest'
import { createLocalHashEmbedding } from './local-hash-embedding.ts'

const embedding = createLocalHashEmbedding()
const embed = (...texts: string[]) => embedding.embed(texts, new AbortController().signal)
const cosine = (left: number[] = [], right: number[] = []) =>
  left.reduce((sum, value, at) => sum + value * (right[at] ?? 0), 0)

describe('local hash embedding', () => {
  it('says what it is, and gives vectors of length 1', async () => {
    expect([embedding.name, embedding.dimensions]).toEqual(['local-hash-384', 384])
    for (const vector of await embed('The harbour', 'a', 'Grüße 😀', 'word '.repeat(5000))) {
      expect(vector).toHaveLength(384)
      expect(cosine(vector, vector)).toBeCloseTo(1, 6)
    }
  })

  it('is the same every time', async () => {
    expect(await embed('The harbour opens at nine')).toEqual(await embed('The harbour opens at nine'))
  })

  it('is near for forms of the same words, far for others', async () => {
    const [question, answer, stranger] = await embed(
      'delivery of pallets',
      'Pallets are delivered on Monday',
      'The showroom sells candles',
    )
    expect(cosine(question, answer)).toBeGreaterThan(cosine(question, stranger) + 0.2)
  })

  it('takes texts without words', async () => {
    const [nothing] = await embed('…')
    expect(nothing?.every((value) => value === 0)).toBe(true)
  })
})
