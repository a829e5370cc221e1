import type { WorkflowEvent } from './index.ts'
import { mergePair, mergeTraitsOf, streamKeyOf, textLengthOf } from './merge-pair.ts'

/**
 * Characters (UTF-16 units) of what one merged event or batch may hold; more begins another. JSON needs six bytes
 * for a unit at worst, so the largest stays below the 256 KiB that a stored event may have: whoever takes those
 * takes merged ones, and no turn of a socket is spent on one of them.
 */
export const mergedCharactersMax = 32 * 1024

/** An event as delivery holds it. `event` is asked for only where something may be merged: it may cost a parse. */
export interface MergeSource {
  readonly seq: number
  readonly type: string
  readonly event: WorkflowEvent
}

/** What a reader is sent instead of the events that it stands for. */
export type Merged<Source extends MergeSource> =
  | { kind: 'single'; toSeq: number; source: Source }
  /** A stretch of one stream: `count` neighbours that end at its `seq`. */
  | { kind: 'merged'; toSeq: number; event: WorkflowEvent }
  /** Interleaved streams: each event stands for its part, and they come by rising `seq`. */
  | { kind: 'batch'; fromSeq: number; toSeq: number; events: WorkflowEvent[] }

export interface MergeOptions {
  /** The reader understands batches; else only direct neighbours of one stream are merged. */
  interleaved: boolean
}

/**
 * Merges a run of events in order of their `seq`, lazily: a caller that has enough parses no more. What is told is
 * the same to whoever folds it: control events are left as they are and nothing is carried across them.
 */
export function* mergeEvents<Source extends MergeSource>(
  sources: readonly Source[],
  { interleaved }: MergeOptions,
): Generator<Merged<Source>> {
  let next = 0
  while (next < sources.length) {
    const run = interleaved ? takeInterleaved(sources, next) : takeNeighbours(sources, next)
    next += run.sources.length
    if (run.groups === null || run.groups.length === run.sources.length) yield* run.sources.map(single)
    else yield mergedOf(run.sources, run.groups)
  }
}

interface Run<Source> {
  sources: readonly Source[]
  /** One event per stretch; null or as many as sources: nothing could be merged. */
  groups: WorkflowEvent[] | null
}

function takeNeighbours<Source extends MergeSource>(sources: readonly Source[], from: number): Run<Source> {
  const first = sources[from]
  const traits = mergeTraitsOf(first?.type ?? '')
  if (traits === null || first === undefined) return alone(sources, from)
  let merged = first.event
  let size = textLengthOf(merged, traits)
  let to = from + 1
  const key = streamKeyOf(merged, traits)
  for (; to < sources.length; to += 1) {
    const source = sources[to]
    if (source === undefined || source.type !== first.type || source.seq !== merged.seq + 1) break
    size += textLengthOf(source.event, traits)
    if (size > mergedCharactersMax || streamKeyOf(source.event, traits) !== key) break
    const pair = mergePair(merged, source.event, traits)
    if (pair === null) break
    merged = pair
  }
  return { sources: sources.slice(from, to), groups: [merged] }
}

function takeInterleaved<Source extends MergeSource>(sources: readonly Source[], from: number): Run<Source> {
  const groups: WorkflowEvent[] = []
  const openByKey = new Map<string, number>()
  let size = 0
  let to = from
  for (; to < sources.length; to += 1) {
    const source = sources[to]
    const traits = mergeTraitsOf(source?.type ?? '')
    if (source === undefined || traits === null) break
    const { event } = source
    const key = streamKeyOf(event, traits)
    const index = openByKey.get(key)
    const open = index === undefined ? undefined : groups[index]
    const pair = open === undefined ? null : mergePair(open, event, traits)
    size += pair === null ? JSON.stringify(event).length : textLengthOf(event, traits)
    if (to > from && size > mergedCharactersMax) break
    if (pair !== null && index !== undefined) {
      groups[index] = pair
    } else {
      openByKey.set(key, groups.length)
      groups.push(event)
    }
  }
  return to === from ? alone(sources, from) : { sources: sources.slice(from, to), groups }
}

/** A control event; it is not even parsed. */
function alone<Source extends MergeSource>(sources: readonly Source[], from: number): Run<Source> {
  return { sources: sources.slice(from, from + 1), groups: null }
}

function mergedOf<Source extends MergeSource>(sources: readonly Source[], groups: WorkflowEvent[]): Merged<Source> {
  const [fromSeq, toSeq] = [sources[0]?.seq ?? 0, sources.at(-1)?.seq ?? 0]
  const [only] = groups
  // Neighbours in a filtered channel need not be neighbours in the topic, and `count` counts there.
  const isGapless = toSeq - fromSeq + 1 === sources.length
  if (groups.length === 1 && only !== undefined && isGapless) return { kind: 'merged', toSeq, event: only }
  return { kind: 'batch', fromSeq, toSeq, events: groups.toSorted((one, other) => one.seq - other.seq) }
}

function single<Source extends MergeSource>(source: Source): Merged<Source> {
  return { kind: 'single', toSeq: source.seq, source }
}
