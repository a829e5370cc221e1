import type { LogEntry } from '@millrace/shared/engine/execution-view'
import { expect, it } from 'vitest'
import { logText } from './log-lines.ts'

it('lines are copied with their time, level and step', () => {
  const line: LogEntry = { seq: 2, timestamp: 1000, level: 'warn', message: 'Slow', nodeId: 'draft', attempt: 1 }
  expect(logText([line, { ...line, seq: 1, level: 'info', message: 'Run started', nodeId: null }], () => 'Draft')).toBe(
    '1970-01-01T00:00:01.000Z warn Draft: Slow\n1970-01-01T00:00:01.000Z info Run started',
  )
})
