import { describe, expect, it } from 'vitest'
import { deskDefinition } from '../../../test/support/review-desk.ts'
import { addNode, createNode } from '../../stores/graph-commands.ts'
import { neighbourOf } from './board-keys.ts'

describe('arrow keys', () => {
  it('follow the flow to the right and back', () => {
    expect(neighbourOf(deskDefinition, 'start', 'right')).toBe('draft')
    expect(neighbourOf(deskDefinition, 'publish', 'left')).toBe('approve')
  })

  it('do not run backwards through a loop', () => {
    expect(neighbourOf(deskDefinition, 'approve', 'right')).toBe('publish')
    expect(neighbourOf(deskDefinition, 'draft', 'left')).toBe('start')
  })

  it('lead to the nearest step where no edge does', () => {
    const below = addNode(deskDefinition, { ...createNode(deskDefinition, 'set', { x: 350, y: 320 }), id: 'below' })
    expect(neighbourOf(below, 'draft', 'down')).toBe('below')
    expect(neighbourOf(below, 'below', 'up')).toBe('draft')
    expect(neighbourOf(below, 'below', 'left')).toBe('start')
  })

  it('stay where there is nothing', () => {
    expect(neighbourOf(deskDefinition, 'start', 'left')).toBeNull()
    expect(neighbourOf(deskDefinition, 'nobody', 'up')).toBeNull()
  })
})
