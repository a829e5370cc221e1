import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ExecutionView } from '../engine/execution-view.ts'
import { applyEvent, emptyExecutionView } from '../engine/reducer.ts'
import { eventDefinitions, type WorkflowEvent } from './index.ts'
import { type Merged, type MergeSource, mergedCharactersMax, mergeEvents } from './merge-events.ts'

const executionId = 'run1'
const nodes = ['draft', 'review', 'translate']

/** What a run of three nodes can say, as a choice; offsets, attempts and numbers follow from what was said before. */
type Step =
  | { kind: 'text'; node: number; text: string; isLate: boolean }
  | { kind: 'percentage'; node: number }
  | { kind: 'progress'; completed: number }
  | { kind: 'retry' | 'round' | 'log'; node: number }

const node = fc.nat({ max: nodes.length - 1 })
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('text'),
      node,
      text: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }),
      isLate: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('percentage'), node }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('progress'), completed: fc.nat({ max: 9 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('retry', 'round', 'log'), node }) },
) as fc.Arbitrary<Step>

/** Events as the log of a run has them: every attempt begins with its start, and its texts are contiguous. */
function storyOf(steps: readonly Step[]): WorkflowEvent[] {
  const events: WorkflowEvent[] = []
  const places = nodes.map(() => ({ attempt: 0, iteration: 1 }))
  const lengths = new Map<string, number>()
  const add = (event: object) => {
    const seq = events.length + 1
    events.push({ eventId: String(seq), timestamp: seq, executionId, ...event, seq } as unknown as WorkflowEvent)
  }
  const addressOf = (index: number, { iteration, attempt } = places[index] ?? { iteration: 1, attempt: 1 }) => {
    const nodeId = nodes[index] ?? ''
    return { nodeId, nodePath: iteration === 1 ? nodeId : `redo[${iteration}]/${nodeId}`, iteration, attempt }
  }
  const begin = (index: number, attempt: number, iteration: number) => {
    places[index] = { attempt, iteration }
    add({ type: 'node:started', ...addressOf(index), nodeName: nodes[index], nodeType: 'llm' })
  }
  for (const index of nodes.keys()) begin(index, 1, 1)
  for (const said of steps) {
    if (said.kind === 'progress') {
      add({
        type: 'execution:progress',
        completed: said.completed,
        total: 9,
        percentage: said.completed * 10,
        currentNodeIds: [],
      })
      continue
    }
    const place = places[said.node] ?? { attempt: 1, iteration: 1 }
    if (said.kind === 'text') {
      const attempt = said.isLate ? Math.max(1, place.attempt - 1) : place.attempt
      const address = addressOf(said.node, { ...place, attempt })
      const key = `${address.nodePath} ${attempt}`
      const offset = lengths.get(key) ?? 0
      lengths.set(key, offset + said.text.length)
      add({ type: 'node:stream', ...address, chunk: said.text, offset, ...(offset % 3 === 0 ? {} : { tokens: 1 }) })
    } else if (said.kind === 'percentage') {
      add({ type: 'node:progress', ...addressOf(said.node), percentage: events.length % 100 })
    } else if (said.kind === 'log') {
      add({ type: 'node:log', ...addressOf(said.node), level: 'info', message: 'a line' })
    } else if (said.kind === 'retry') {
      add({ type: 'node:retry', ...addressOf(said.node), nextRetryIn: 1, error: { code: 'X', message: 'x' } })
      begin(said.node, place.attempt + 1, place.iteration)
    } else {
      begin(said.node, 1, place.iteration + 1)
    }
  }
  return events
}

const sourcesOf = (events: readonly WorkflowEvent[]) =>
  events.map((event) => ({ seq: event.seq, type: event.type, event }))
const sentOf = (merged: Merged<MergeSource>): WorkflowEvent[] => {
  if (merged.kind === 'batch') return merged.events
  return [merged.kind === 'merged' ? merged.event : merged.source.event]
}
const foldOf = (events: readonly WorkflowEvent[], from = emptyExecutionView(executionId)): ExecutionView =>
  events.reduce(applyEvent, from)
const merge = (events: readonly WorkflowEvent[], interleaved: boolean) => [
  ...mergeEvents(sourcesOf(events), { interleaved }),
]

describe.each([false, true])('merging, interleaved %s', (interleaved) => {
  it('tells whoever folds it the same, from wherever they come', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat({ max: 60 }), (steps, cut) => {
        const events = storyOf(steps)
        const known = foldOf(events.slice(0, nodes.length + cut))
        const merged = merge(events.slice(nodes.length + cut), interleaved)
        expect(foldOf(merged.flatMap(sentOf), known)).toEqual(foldOf(events))
      }),
      { numRuns: 300 },
    )
  })

  it('covers every number once, keeps control events where they are and lets seq rise', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const events = storyOf(steps)
        let last = 0
        for (const part of merge(events, interleaved)) {
          const sent = sentOf(part)
          const count = sent.reduce((sum, event) => sum + (event.count ?? 1), 0)
          expect(part.toSeq - count).toBe(last)
          if (part.kind === 'batch') expect(part.fromSeq).toBe(last + 1)
          expect(part.kind === 'batch').toBe(sent.length > 1)
          expect(sent.map(({ seq }) => seq)).toEqual(sent.map(({ seq }) => seq).toSorted((a, b) => a - b))
          for (const event of sent) {
            const { type, eventId } = events[event.seq - 1] ?? { type: '', eventId: '' }
            expect([event.type, event.eventId]).toEqual([type, eventId])
          }
          last = part.toSeq
        }
        expect(last).toBe(events.length)
        const controls = (list: readonly WorkflowEvent[]) => list.filter(({ type }) => /started|retry|log/.test(type))
        expect(controls(merge(events, interleaved).flatMap(sentOf))).toEqual(controls(events))
      }),
    )
  })
})

const chunkAt = (seq: number, offset: number, chunk: string, nodeId = 'draft'): WorkflowEvent => ({
  type: 'node:stream',
  eventId: `${nodeId}-${seq}`,
  timestamp: seq,
  executionId,
  nodeId,
  nodePath: nodeId,
  iteration: 1,
  attempt: 1,
  chunk,
  offset,
  seq,
})

describe('merging', () => {
  it('joins a stretch of one stream into one event that ends at its seq', () => {
    const events = [chunkAt(5, 0, 'On'), chunkAt(6, 2, 'ce '), chunkAt(7, 5, 'upon')]
    expect(merge(events, false)).toEqual([
      { kind: 'merged', toSeq: 7, event: { ...chunkAt(7, 0, 'Once upon'), count: 3 } },
    ])
    expect(merge(events, true)).toEqual(merge(events, false))
  })

  it('makes one batch of interleaved streams for those who understand it, and leaves them as they are for others', () => {
    const events = [chunkAt(1, 0, 'a'), chunkAt(2, 0, 'x', 'b'), chunkAt(3, 1, 'a'), chunkAt(4, 1, 'x', 'b')]
    expect(merge(events, true)).toEqual([
      {
        kind: 'batch',
        fromSeq: 1,
        toSeq: 4,
        events: [
          { ...chunkAt(3, 0, 'aa'), count: 2 },
          { ...chunkAt(4, 0, 'xx', 'b'), count: 2 },
        ],
      },
    ])
    expect(merge(events, false).map(({ kind }) => kind)).toEqual(['single', 'single', 'single', 'single'])
  })

  it('never joins texts with a hole between them', () => {
    expect(merge([chunkAt(1, 0, 'ab'), chunkAt(2, 3, 'c')], true).map(({ kind }) => kind)).toEqual(['single', 'single'])
  })

  it.each([false, true])('bounds what one merged event holds, interleaved %s', (interleaved) => {
    const text = 'x'.repeat(5000)
    const events = Array.from({ length: 40 }, (_, index) => chunkAt(index + 1, index * text.length, text))
    const merged = merge(events, interleaved)
    const lengths = merged.flatMap(sentOf).map((event) => ('chunk' in event ? event.chunk.length : 0))
    expect(Math.max(...lengths)).toBeLessThanOrEqual(mergedCharactersMax)
    expect(merged.length).toBe(7)
    const one = { ...chunkAt(1, 0, 'y'.repeat(mergedCharactersMax + 1)) }
    expect(merge([one, chunkAt(2, mergedCharactersMax + 1, 'z')], interleaved).flatMap(sentOf)[0]).toBe(one)
  })

  it('asks no control event what is in it', () => {
    const control: MergeSource = {
      seq: 1,
      type: 'node:log',
      get event(): WorkflowEvent {
        throw new Error('parsed')
      },
    }
    expect([...mergeEvents([control, control], { interleaved: true })]).toHaveLength(2)
  })

  it('finds the fields of each merge in the schema of its event', () => {
    for (const { type, traits, schema } of eventDefinitions) {
      if (traits.delivery === 'control') continue
      const named = Object.values(traits.merge).flat()
      expect(Object.keys(schema.shape), type).toEqual(expect.arrayContaining(named))
    }
  })
})
