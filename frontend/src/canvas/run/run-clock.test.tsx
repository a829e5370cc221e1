import type { ConnectionState } from '@millrace/shared/client/connection-state'
import { idleState } from '@millrace/shared/client/connection-state'
import type { SocketClient } from '@millrace/shared/client/socket-client'
import { act, cleanup, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LiveProvider } from '../../live/live-provider.tsx'
import { useRunClock } from './run-clock.ts'

const start = Date.UTC(2026, 0, 1)
let show: (status: ConnectionState['status']) => void = () => undefined

/** A client whose state the test sets. */
function fakeClient(): SocketClient {
  const listeners = new Set<(state: ConnectionState) => void>()
  let state = idleState
  show = (status) => {
    state = { ...idleState, status }
    for (const listener of listeners) listener(state)
  }
  return {
    get state() {
      return state
    },
    onState(listener: (state: ConnectionState) => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    connect: vi.fn(),
    close: vi.fn(),
    nudge: vi.fn(),
  } as unknown as SocketClient
}

function Clock() {
  return <p>{(useRunClock(1000) - start) / 1000}</p>
}

const shown = () => Number(screen.getByRole('paragraph').textContent)
const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms))

beforeEach(() => {
  vi.useFakeTimers({ now: start })
})
afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

describe('the clock of a run', () => {
  it('stands still from the moment the connection is lost, and is right at once when it is back', () => {
    render(
      <LiveProvider create={fakeClient}>
        <Clock />
      </LiveProvider>,
    )
    act(() => show('live'))
    pass(5000)
    expect(shown()).toBe(5)
    act(() => show('offline'))
    expect(document.documentElement.hasAttribute('data-offline')).toBe(true)
    pass(10_000)
    // A try in between is no connection.
    act(() => show('connecting'))
    pass(10_000)
    act(() => show('offline'))
    expect(shown()).toBe(5)
    act(() => show('catching-up'))
    pass(0)
    expect(shown()).toBe(25)
    expect(document.documentElement.hasAttribute('data-offline')).toBe(false)
  })

  it('goes on before the first connection: nothing was lost yet', () => {
    render(
      <LiveProvider create={fakeClient}>
        <Clock />
      </LiveProvider>,
    )
    act(() => show('offline'))
    pass(3000)
    expect(shown()).toBe(3)
  })
})
