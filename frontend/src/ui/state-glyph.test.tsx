import { executionStatuses, nodeStatuses } from '@millrace/shared/engine/execution-view'
import { cleanup, render, screen } from '@testing-library/react'
import { afterEach, describe, expect, it } from 'vitest'
import { StateChip } from './state-chip.tsx'
import { StateGlyph } from './state-glyph.tsx'
import { stateTable, toneClasses } from './state-table.ts'

afterEach(cleanup)

const statuses = [...new Set([...nodeStatuses, ...executionStatuses])]

describe('states', () => {
  it('has one row for every status of a node and of an execution, and none besides', () => {
    expect(Object.keys(stateTable).toSorted()).toEqual(statuses.toSorted())
  })

  it('gives no two states the same word', () => {
    const words = Object.values(stateTable).map(({ word }) => word)
    expect(new Set(words).size).toBe(words.length)
  })

  it.each(statuses)('draws %s with a shape of its own and in its tone', (state) => {
    const { container } = render(<StateGlyph state={state} labelled />)
    expect(screen.getByRole('img', { name: stateTable[state].word })).toBeDefined()
    expect(container.querySelector('svg')?.classList.contains(toneClasses[stateTable[state].tone].mark)).toBe(true)
    expect(container.querySelectorAll('circle, path, rect').length).toBeGreaterThan(0)
  })

  it('draws every state differently, so that no state is told by colour alone', () => {
    const drawings = statuses.map((state) => {
      const { container, unmount } = render(<StateGlyph state={state} />)
      const drawing = container.querySelector('svg')?.innerHTML
      unmount()
      return drawing
    })
    expect(new Set(drawings).size).toBe(statuses.length)
  })

  it('puts the word beside the glyph, or the more exact one it is given', () => {
    render(<StateChip state="running">Writing</StateChip>)
    expect(screen.getByText('Writing')).toBeDefined()
    render(<StateChip state="retrying" />)
    expect(screen.getByText('Backing off')).toBeDefined()
  })
})
