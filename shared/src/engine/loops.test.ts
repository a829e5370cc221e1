import { describe, expect, it } from 'vitest'
import { definition, node } from '../../test/build-definition.ts'
import { driveRun, planOf, type Run, stepsOf, type World } from '../../test/drive-run.ts'
import type { JsonObject } from '../json.ts'

const start = node('start', 'start')

/** Paths of a node's generations, in the order they were begun. */
function pathsOf(run: Run, nodeId: string): string[] {
  return run.commands.flatMap((command) =>
    command.type === 'runNode' && command.nodeId === nodeId ? [command.nodePath] : [],
  )
}

/** Effects say how often they have run. */
const counting: World = { effect: ({ iteration }) => ({ output: { round: iteration } }) }

function countedLoop(rounds: number, options: { maxIterations?: number; onError?: 'continue' | 'branch' } = {}) {
  const { maxIterations = 5, onError } = options
  return planOf(
    definition(
      [
        start,
        node('work', 'http'),
        node('again', 'condition', {
          config: { expression: `work.round < ${rounds}` },
          ...(onError === undefined ? {} : { onError }),
        }),
        node('after', 'http'),
        node('out', 'output'),
      ],
      [
        'start > work',
        'work > again',
        `again:yes >> work *${maxIterations}`,
        'again:no > after',
        'after > out',
        ...(onError === 'branch' ? ['again:error > after'] : []),
      ],
    ),
  )
}

describe('a loop', () => {
  it.each([
    [1, ['loop-again.yes-work[1]/work']],
    [2, ['loop-again.yes-work[1]/work', 'loop-again.yes-work[2]/work']],
    [4, [1, 2, 3, 4].map((round) => `loop-again.yes-work[${round}]/work`)],
  ])('goes through its body %i times', (rounds, paths) => {
    const run = driveRun(countedLoop(rounds), counting)
    expect(pathsOf(run, 'work')).toEqual(paths)
    expect(pathsOf(run, 'after')).toEqual(['after'])
    expect(run.finishes).toEqual([{ status: 'completed', outputs: { result: 'done' } }])
  })

  it('settles edges that leave it only when it ends, as they stood in the last round', () => {
    const run = driveRun(countedLoop(3), counting)
    const exits = run.events.flatMap((event) =>
      event.type === 'edge:settled' && event.edgeId === 'again.no-after' ? [[event.nodePath, event.taken]] : [],
    )
    expect(exits).toEqual([['loop-again.yes-work[3]/again', true]])
    const backs = run.events.flatMap((event) =>
      event.type === 'edge:settled' && event.edgeId === 'loop-again.yes-work' ? [[event.iteration, event.taken]] : [],
    )
    expect(backs).toEqual([
      [2, true],
      [3, true],
      [3, false],
    ])
  })

  it('fails when its bound is reached and it is taken again', () => {
    expect(driveRun(countedLoop(4, { maxIterations: 3 }), counting).finishes[0]).toMatchObject({ status: 'completed' })
    const run = driveRun(countedLoop(5, { maxIterations: 3 }), counting)
    expect(run.finishes[0]).toMatchObject({ status: 'failed', failedNodeId: 'again', error: { code: 'LOOP_LIMIT' } })
    expect(pathsOf(run, 'work')).toHaveLength(4)
  })

  it('ends at its bound when the error has a branch of its own', () => {
    const run = driveRun(countedLoop(99, { maxIterations: 2, onError: 'branch' }), counting)
    expect(stepsOf(run)).toEqual({
      start: 'completed',
      work: 'completed',
      again: 'failed',
      after: 'completed',
      out: 'completed',
    })
    expect(pathsOf(run, 'work')).toHaveLength(3)
  })

  it('repeats a number of times when its last node continues on errors', () => {
    const plan = planOf(
      definition(
        [start, node('work', 'http', { onError: 'continue' }), node('out', 'output')],
        ['start > work', 'work >> work *3', 'work > out'],
      ),
    )
    const run = driveRun(plan, counting)
    expect(pathsOf(run, 'work')).toHaveLength(4)
    expect(run.finishes[0]?.status).toBe('completed')
  })

  it('is skipped as a whole when nothing leads into it', () => {
    const plan = planOf(
      definition(
        [
          start,
          node('c', 'condition'),
          node('work', 'http'),
          node('again', 'condition', { config: { expression: 'work.round < 3' } }),
          node('out', 'output'),
        ],
        ['start > c', 'c:no > work', 'work > again', 'again:yes >> work *3', 'again:no > out', 'c:yes > out'],
      ),
    )
    const run = driveRun(plan, counting)
    expect(stepsOf(run)).toEqual({
      start: 'completed',
      c: 'completed',
      work: 'skipped',
      again: 'skipped',
      out: 'completed',
    })
  })

  it('shows outputs of the round before until they are overwritten', () => {
    const plan = planOf(
      definition(
        [
          start,
          node('draft', 'set', {
            config: { fields: [{ name: 'text', kind: 'template', value: 'draft {{ ask.text }}|{{ draft.text }}' }] },
          }),
          node('ask', 'prompt', {
            config: {
              kind: 'choice',
              title: 'ok?',
              choices: [
                { id: 'ok', label: 'ok' },
                { id: 'redo', label: 'redo', text: { label: 'why' } },
              ],
            },
          }),
          node('out', 'output', { config: { fields: [{ name: 'text', kind: 'cel', value: 'draft.text' }] } }),
        ],
        ['start > draft', 'draft > ask', 'ask:redo >> draft *5', 'ask:ok > out'],
      ),
    )
    const run = driveRun(plan, {
      answer: ({ iteration }): JsonObject =>
        iteration < 3 ? { choice: 'redo', text: `note ${iteration}` } : { choice: 'ok' },
    })
    expect(run.finishes).toEqual([{ status: 'completed', outputs: { text: 'draft note 2|draft note 1|draft |' } }])
  })

  it('waits for every node of its body before the next round', () => {
    const plan = planOf(
      definition(
        [
          start,
          node('head', 'http'),
          node('slow', 'http'),
          node('quick', 'http'),
          node('again', 'condition', { join: 'any', config: { expression: 'head.round < 2' } }),
          node('out', 'output'),
        ],
        [
          'start > head',
          'head > slow',
          'head > quick',
          'slow > again',
          'quick > again',
          'again:yes >> head *5',
          'again:no > out',
        ],
      ),
    )
    for (const pick of [() => 0, (count: number) => count - 1]) {
      const run = driveRun(plan, { ...counting, pick })
      expect(pathsOf(run, 'slow')).toHaveLength(2)
      expect(run.finishes[0]?.status).toBe('completed')
      const lastOfFirst = run.events.findLastIndex(
        (event) => 'nodePath' in event && event.nodePath.includes('[1]/') && event.type === 'node:completed',
      )
      const firstOfSecond = run.events.findIndex(
        (event) => 'nodePath' in event && event.nodePath.includes('[2]/') && event.type === 'node:queued',
      )
      expect(firstOfSecond).toBeGreaterThan(lastOfFirst)
    }
  })

  it('stops a run that begins more steps than a run may have', () => {
    const plan = planOf(
      definition(
        [
          start,
          node('a', 'set'),
          node('b', 'condition', { onError: 'branch' }),
          node('c', 'condition'),
          node('out', 'output'),
        ],
        ['start > a', 'a > b', 'b:yes >> a *100', 'b:no > c', 'b:error > c', 'c:yes >> a *100', 'c:no > out'],
      ),
    )
    const began = performance.now()
    const run = driveRun(plan)
    expect(run.finishes[0]).toMatchObject({
      status: 'failed',
      error: { code: 'LOOP_LIMIT', details: { generationsMax: 2000 } },
    })
    // One step does all of it; a workflow task may take a second before the server suspects a deadlock.
    expect(performance.now() - began).toBeLessThan(1000)
  })
})

describe('nested loops', () => {
  const nested = () =>
    planOf(
      definition(
        [
          start,
          node('outer', 'http'),
          node('inner', 'http'),
          node('i', 'condition', { config: { expression: 'inner.round % 3 != 0' } }),
          node('o', 'condition', { config: { expression: 'outer.round < 2' } }),
          node('out', 'output'),
        ],
        [
          'start > outer',
          'outer > inner',
          'inner > i',
          'i:yes >> inner *5',
          'i:no > o',
          'o:yes >> outer *5',
          'o:no > out',
        ],
      ),
    )

  it('nests the frames of the path and begins the inner rounds anew', () => {
    const run = driveRun(nested(), counting)
    expect(pathsOf(run, 'outer')).toEqual(['loop-o.yes-outer[1]/outer', 'loop-o.yes-outer[2]/outer'])
    expect(pathsOf(run, 'inner')).toEqual(
      [1, 2].flatMap((outer) =>
        [1, 2, 3].map((inner) => `loop-o.yes-outer[${outer}]/loop-i.yes-inner[${inner}]/inner`),
      ),
    )
    expect(run.finishes[0]?.status).toBe('completed')
  })

  it('lets two ways back between the same nodes share a body', () => {
    const choices = [
      { id: 'ok', label: 'ok' },
      { id: 'redo', label: 'redo' },
      { id: 'anew', label: 'anew' },
    ]
    const plan = planOf(
      definition(
        [
          start,
          node('work', 'http'),
          node('ask', 'prompt', { config: { kind: 'choice', title: '?', choices } }),
          node('out', 'output'),
        ],
        ['start > work', 'work > ask', 'ask:redo >> work *2', 'ask:anew >> work *2', 'ask:ok > out'],
      ),
    )
    const answers = ['redo', 'redo', 'anew', 'redo', 'anew', 'ok']
    const run = driveRun(plan, { ...counting, answer: ({ iteration }) => ({ choice: answers[iteration - 1] ?? 'ok' }) })
    expect(run.finishes[0]?.status).toBe('completed')
    expect(pathsOf(run, 'work')).toHaveLength(6)
    expect(new Set(pathsOf(run, 'work')).size).toBe(6)
  })
})
