import { describe, expect, it } from 'vitest'
import { rotatePages } from './rotate-pages.ts'

const listOf = (items: number[]) => async (after: number | null, limit: number) =>
  items.filter((item) => after === null || item > after).slice(0, limit)

describe('rotating through a list', () => {
  it('gives each its turn and begins again', async () => {
    const next = rotatePages(2, listOf([1, 2, 3, 4, 5]))
    expect([await next(), await next(), await next(), await next()]).toEqual([[1, 2], [3, 4], [5], [1, 2]])
  })

  it('wastes no call where the list ends with a full page', async () => {
    const next = rotatePages(2, listOf([1, 2, 3, 4]))
    expect([await next(), await next(), await next()]).toEqual([
      [1, 2],
      [3, 4],
      [1, 2],
    ])
  })

  it('goes on when its last one is gone, and with what is new behind it', async () => {
    const items = [1, 2, 3]
    const next = rotatePages(2, (after: number | null, limit) => listOf(items)(after, limit))
    expect(await next()).toEqual([1, 2])
    items.splice(1, 1)
    items.push(4, 5)
    expect([await next(), await next(), await next()]).toEqual([[3, 4], [5], [1, 3]])
  })

  it('is empty for an empty list, and stays at its place when a read fails', async () => {
    expect(await rotatePages(2, listOf([]))()).toEqual([])
    let fails = false
    const next = rotatePages(1, async (after: number | null, limit) => {
      if (fails) throw new Error('away')
      return listOf([1, 2])(after, limit)
    })
    await next()
    fails = true
    await expect(next()).rejects.toThrow('away')
    fails = false
    expect(await next()).toEqual([2])
  })
})
