import { describe, expect, it } from 'vitest'
import { chooseWorkspace } from './login.ts'

const own = { id: 'w1', name: 'Own', role: 'owner' } as const
const lab = { id: 'w2', name: 'Lab', role: 'editor' } as const
const otherLab = { id: 'w3', name: 'lab', role: 'viewer' } as const

describe('the workspace of a key', () => {
  it('is the first, or the one with the id or the name', () => {
    expect(chooseWorkspace([own, lab], undefined)).toBe(own)
    expect(chooseWorkspace([own, lab], 'w2')).toBe(lab)
    expect(chooseWorkspace([own, lab], ' LAB ')).toBe(lab)
    expect(chooseWorkspace([lab, otherLab], 'w3')).toBe(otherLab)
  })

  it('is refused when there is none, or when several have the name', () => {
    expect(() => chooseWorkspace([own], 'Lab')).toThrow('You belong to no workspace "Lab". Yours: "Own".')
    expect(() => chooseWorkspace([], undefined)).toThrow('You belong to no workspace.')
    expect(() => chooseWorkspace([lab, otherLab], 'lab')).toThrow('w2, w3')
  })
})
