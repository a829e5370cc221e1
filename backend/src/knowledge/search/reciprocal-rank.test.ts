import { describe, expect, it } from 'vitest'
import { mergeByReciprocalRank } from './reciprocal-rank.ts'

const ranking = (...ids: string[]) => ids.map((id, index) => ({ id, score: 1 - index / 10 }))

describe('mergeByReciprocalRank', () => {
  it('puts first what several rankings have high, with 1 for the first of all', () => {
    const merged = mergeByReciprocalRank([ranking('a', 'b', 'c'), ranking('a', 'c', 'd')])
    expect(merged.map(({ id }) => id)).toEqual(['a', 'c', 'b', 'd'])
    expect(merged[0]?.score).toBe(1)
    expect(merged.every(({ score }) => score > 0 && score <= 1)).toBe(true)
  })

  it('breaks ties by the first ranking, then by id', () => {
    expect(mergeByReciprocalRank([ranking('b'), ranking('a')]).map(({ id }) => id)).toEqual(['b', 'a'])
  })

  it('takes empty rankings', () => {
    expect(mergeByReciprocalRank([[], []])).toEqual([])
    expect(mergeByReciprocalRank([[], ranking('a')])).toEqual([{ id: 'a', score: 0.5 }])
  })
})
