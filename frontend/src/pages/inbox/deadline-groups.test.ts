import type { Prompt } from '@millrace/shared/api/prompts'
import { describe, expect, it } from 'vitest'
import { byDeadline, groupByDay } from './deadline-groups.ts'

const noon = new Date(2026, 4, 12, 12).getTime()
const hour = 3_600_000

const prompt = (requestId: string, deadline?: number, requestedAt = 0) =>
  ({ requestId, deadline, requestedAt }) as Prompt

describe('the inbox', () => {
  it('puts the nearest deadline first and questions without one last, the oldest first', () => {
    const sorted = byDeadline([
      prompt('none', undefined, 2),
      prompt('late', noon + 50 * hour),
      prompt('older', undefined, 1),
      prompt('soon', noon + hour),
    ])
    expect(sorted.map((item) => item.requestId)).toEqual(['soon', 'late', 'older', 'none'])
  })

  it('groups by the day of the deadline, not by hours', () => {
    const sorted = [
      prompt('a', noon - hour),
      prompt('b', noon + hour),
      prompt('c', noon + 13 * hour),
      prompt('d', noon + 40 * hour),
      prompt('e'),
    ]
    const groups = groupByDay(sorted, noon)
    expect(groups.map((group) => [group.title, group.items.map((item) => item.requestId)])).toEqual([
      ['Today', ['a', 'b']],
      ['Tomorrow', ['c']],
      ['Later', ['d']],
      ['No deadline', ['e']],
    ])
  })
})
