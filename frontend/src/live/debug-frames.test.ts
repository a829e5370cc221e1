import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

describe('F18 the debug switch', () => {
  beforeEach(() => {
    vi.resetModules()
    vi.stubGlobal('location', { search: '' })
    vi.stubGlobal('localStorage', new Map<string, string>())
  })
  afterEach(() => {
    vi.unstubAllGlobals()
    vi.restoreAllMocks()
  })

  const store = (entries: Record<string, string> = {}) => {
    const kept = new Map(Object.entries(entries))
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    })
    return kept
  }
  const frame = { kind: 'received', at: 0, frame: { type: 'pong' } } as const

  it('is off until somebody turns it on, and then shows frames in the console', async () => {
    const kept = store()
    const shown = vi.spyOn(console, 'debug').mockImplementation(() => undefined)
    const { logFrame, useDebugFrames } = await import('./debug-frames.ts')
    logFrame(frame)
    expect(shown).not.toHaveBeenCalled()
    useDebugFrames.getState().turn(true)
    logFrame(frame)
    expect(shown).toHaveBeenCalledWith('[millrace 00:00:00.000] received', { type: 'pong' })
    expect(kept.get('millrace:debug')).toBe('1')
  })

  it('is on from the start by the storage or the address', async () => {
    store({ 'millrace:debug': '1' })
    expect((await import('./debug-frames.ts')).useDebugFrames.getState().isOn).toBe(true)
    const { readSwitch } = await import('./debug-frames.ts')
    expect(readSwitch('?debug=ws', () => null)).toBe(true)
    expect(readSwitch('?debug=no', () => null)).toBe(false)
    const forbidden = () => {
      throw new Error('storage is forbidden')
    }
    expect(readSwitch('', forbidden)).toBe(false)
  })
})
