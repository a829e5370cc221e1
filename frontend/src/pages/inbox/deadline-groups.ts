import type { Prompt } from '@millrace/shared/api/prompts'
import { startOfDay } from '../../ui/time-words.ts'

export interface PromptGroup {
  title: string
  items: Prompt[]
}

const dayMs = 86_400_000

/** Open questions by deadline, the nearest first; those without one last, the oldest first. */
export function byDeadline(prompts: readonly Prompt[]): Prompt[] {
  return prompts.toSorted(
    (a, b) => (a.deadline ?? Infinity) - (b.deadline ?? Infinity) || a.requestedAt - b.requestedAt,
  )
}

/** Sorted questions under the words for their day. `now` in epoch milliseconds. */
export function groupByDay(sorted: readonly Prompt[], now: number): PromptGroup[] {
  const today = startOfDay(now)
  const groups: PromptGroup[] = []
  for (const prompt of sorted) {
    const title = dayWord(prompt.deadline, today)
    const last = groups.at(-1)
    if (last?.title === title) last.items.push(prompt)
    else groups.push({ title, items: [prompt] })
  }
  return groups
}

function dayWord(deadline: number | undefined, today: number): string {
  if (deadline === undefined) return 'No deadline'
  const days = Math.round((startOfDay(deadline) - today) / dayMs)
  if (days <= 0) return 'Today'
  return days === 1 ? 'Tomorrow' : 'Later'
}
