import { applyEvent, emptyExecutionView } from '@millrace/shared/engine/reducer'
import type { WorkflowEvent } from '@millrace/shared/events'
import { expect, test } from 'vitest'
import { ExecutionPrinter } from './execution-printer.ts'
import { Screen } from './screen.ts'
import { styleFor } from './style.ts'

function setUp(terminal: { isTTY: boolean; columns?: number } = { isTTY: false }) {
  let written = ''
  const output = { ...terminal, write: (text: string) => (written += text) }
  const printer = new ExecutionPrinter(new Screen(output), styleFor(output, { NO_COLOR: '1' }))
  return { printer, written: () => written }
}

const node = { executionId: 'e', timestamp: 1, nodeId: 'draft', nodePath: 'draft', iteration: 1 }
let seq = 0
const event = (fields: object) => ({ eventId: `e${++seq}`, seq, ...node, ...fields }) as unknown as WorkflowEvent
const started = (attempt = 1) => event({ type: 'node:started', nodeName: 'Draft', nodeType: 'llm', attempt })
const stream = (offset: number, chunk: string, attempt = 1) => event({ type: 'node:stream', attempt, offset, chunk })
const completed = () => event({ type: 'node:completed', duration: 1200, ports: ['out'] })

test('prints text line by line, the last one at the end of the step, and passages that come twice once', () => {
  const { printer, written } = setUp()
  for (const one of [started(), stream(0, 'Hel'), stream(3, 'lo\nWo'), stream(3, 'lo\nWo'), stream(6, 'Worl')]) {
    printer.event(one)
  }
  expect(written()).toBe('▸ Draft running\n  Draft │ Hello\n')
  printer.event(completed())
  expect(written()).toBe('▸ Draft running\n  Draft │ Hello\n  Draft │ Worl\n✓ Draft completed in 1.2 s\n')
})

test('texts of different attempts never mix', () => {
  const { printer, written } = setUp()
  const error = { code: 'PROVIDER_UNAVAILABLE', message: 'away' }
  printer.event(started())
  printer.event(stream(0, 'old'))
  printer.event(event({ type: 'node:retry', attempt: 1, nextRetryIn: 500, error }))
  printer.event(started(2))
  printer.event(stream(0, 'new', 2))
  printer.event(completed())
  expect(written().split('\n')).toEqual([
    '▸ Draft running',
    '  Draft │ old',
    '↻ Draft retrying, attempt 2 in 0.5 s; its text so far does not count. PROVIDER_UNAVAILABLE: away',
    '▸ Draft running, attempt 2',
    '  Draft │ new',
    '✓ Draft completed in 1.2 s',
    '',
  ])
})

test('a snapshot after lost events tells only what was not told', () => {
  const { printer, written } = setUp()
  const events = [started(), stream(0, 'one\ntw')]
  const view = events.reduce(applyEvent, emptyExecutionView('e'))
  for (const one of events) printer.event(one)
  printer.view(view)
  const before = written()
  printer.snapshot(view)
  expect(written()).toBe(before)
  printer.snapshot(applyEvent(view, stream(6, 'o\n')))
  printer.event(stream(6, 'o\n'))
  expect(written()).toBe(`${before}  Draft │ two\n`)
})

test('what a model writes cannot steer the terminal', () => {
  const { printer, written } = setUp()
  printer.event(started())
  printer.event(stream(0, '\u001b[2Jgone\u009b31m\r\u202etxt\n'))
  expect(written()).toBe('▸ Draft running\n  Draft │ [2Jgone31mtxt\n')
})

test('on a terminal the bar is erased before each line and gone at the end', () => {
  const { printer, written } = setUp({ isTTY: true, columns: 60 })
  printer.event(started())
  printer.event(stream(0, 'growing'))
  const view = [started(), stream(0, 'growing')].reduce(applyEvent, emptyExecutionView('e'))
  printer.view({
    ...view,
    progress: { completed: 1, total: 4, percentage: 25, currentNodeIds: ['draft'], expectedEndAt: null },
  })
  expect(written()).toContain('█████░░░░░░░░░░░░░░░  25 %  1 of 4  Draft')
  expect(written()).toContain('  Draft │ growing')
  printer.end({ ...view, status: 'failed', duration: 90_000, error: { code: 'NODE_TIMEOUT', message: 'late' } })
  const last = written().slice(written().lastIndexOf('\u001b[2K') + '\u001b[2K'.length)
  expect(last).toBe('✗ Failed after 1 min 30 s. NODE_TIMEOUT: late\n')
})

test('long text wraps at spaces on a terminal', () => {
  const { printer, written } = setUp({ isTTY: true, columns: 60 })
  printer.event(started())
  printer.event(stream(0, 'aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd'))
  expect(written()).toContain('  Draft │ aaaaaaaaa bbbbbbbbb ccccccccc\n')
})
