import { describe, expect, it } from 'vitest'
import { deskDefinition } from '../../../test/support/review-desk.ts'
import { removeElements } from '../../stores/graph-commands.ts'
import { judgeConnection } from './connection-rules.ts'

const desk = deskDefinition
const judge = (source: string, sourcePort: string, target: string, definition = desk) =>
  judgeConnection(definition, { source, sourcePort, target })

describe('a connection', () => {
  it('may lead forwards', () => {
    expect(judge('start', 'out', 'publish')).toEqual({ kind: 'plain' })
    expect(judge('approve', 'expired', 'publish')).toEqual({ kind: 'plain' })
  })

  it('that leads back closes a loop', () => {
    const withoutRedo = removeElements(desk, { edgeIds: new Set(['redo']) })
    expect(judge('approve', 'redo', 'draft', withoutRedo)).toEqual({ kind: 'loop' })
    expect(judge('approve', 'expired', 'draft')).toEqual({ kind: 'loop' })
  })

  it('does not count loop edges when it looks for a way back', () => {
    expect(judge('draft', 'out', 'publish')).toEqual({ kind: 'plain' })
  })

  it('is refused where a run begins, on itself, twice, and from ports that are not there', () => {
    expect(judge('draft', 'out', 'start').kind).toBe('refused')
    expect(judge('draft', 'out', 'draft').kind).toBe('refused')
    expect(judge('start', 'out', 'draft').kind).toBe('refused')
    expect(judge('draft', 'error', 'publish').kind).toBe('refused')
    expect(judge('nobody', 'out', 'draft').kind).toBe('refused')
  })
})
