import type { EventTraits } from './envelope.ts'
import { eventTraits, isEventType, type WorkflowEvent } from './index.ts'

type MergeTraits = Exclude<EventTraits, { delivery: 'control' }>
type Fields = Record<string, unknown>

/** Null: never merged and never crossed. A type that is not known is one of them. */
export function mergeTraitsOf(type: string): MergeTraits | null {
  if (!isEventType(type)) return null
  const traits = eventTraits[type]
  return traits.delivery === 'control' ? null : traits
}

/** The stream that an event belongs to, within its topic. */
export function streamKeyOf(event: WorkflowEvent, { merge }: MergeTraits): string {
  return JSON.stringify([event.type, ...merge.by.map((field) => (event as unknown as Fields)[field])])
}

/** The text in an event, in UTF-16 units: what merging adds to the size. */
export function textLengthOf(event: WorkflowEvent, traits: MergeTraits): number {
  return traits.delivery === 'stream' ? String((event as unknown as Fields)[traits.merge.text]).length : 0
}

/**
 * One event for two of the same stream; null where the second does not go on at the place the first ended.
 * It has the place and the identity of the second, so that a `seq` means one event to everybody.
 */
export function mergePair(former: WorkflowEvent, next: WorkflowEvent, traits: MergeTraits): WorkflowEvent | null {
  const [before, after] = [former as unknown as Fields, next as unknown as Fields]
  const count = (former.count ?? 1) + (next.count ?? 1)
  if (traits.delivery === 'latest') {
    const kept = Object.fromEntries(
      (traits.merge.greatest ?? []).map((field) => [field, greater(before, after, field)]),
    )
    return { ...next, ...kept, count } as WorkflowEvent
  }
  const { text, offset, sums } = traits.merge
  const head = String(before[text])
  if (Number(before[offset]) + head.length !== after[offset]) return null
  const joined = { ...after, [text]: head + String(after[text]), [offset]: before[offset], count }
  return { ...joined, ...sumsOf(sums, before, after) } as unknown as WorkflowEvent
}

function greater(before: Fields, after: Fields, field: string): number {
  return Math.max(Number(before[field]), Number(after[field]))
}

/** A number that neither has stays absent. */
function sumsOf(fields: readonly string[], before: Fields, after: Fields): Fields {
  const known = fields.filter((field) => before[field] !== undefined || after[field] !== undefined)
  return Object.fromEntries(known.map((field) => [field, Number(before[field] ?? 0) + Number(after[field] ?? 0)]))
}
