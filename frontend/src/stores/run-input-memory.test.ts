import { beforeEach, expect, it, vi } from 'vitest'
import { rememberedInput, rememberInput } from './run-input-memory.ts'

beforeEach(() => {
  const stored = new Map<string, string>()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  })
  return () => vi.unstubAllGlobals()
})

it('what was entered for a run is remembered for its person and workflow, and for nobody else', () => {
  rememberInput('ada', 'w1', { topic: 'Salaries' })
  expect(rememberedInput('ada', 'w1')).toEqual({ topic: 'Salaries' })
  expect(rememberedInput('bob', 'w1')).toBeNull()
  expect(rememberedInput('ada', 'w2')).toBeNull()
})
