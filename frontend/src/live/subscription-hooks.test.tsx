import type { ExecutionSummary } from '@millrace/shared/api/executions'
import type { ChannelHandlers, ChannelOptions } from '@millrace/shared/client/channel-handlers'
import { type ConnectionStatus, idleState } from '@millrace/shared/client/connection-state'
import type { ExecutionHandlers } from '@millrace/shared/client/followed-execution'
import type { SocketClient } from '@millrace/shared/client/socket-client'
import { emptyExecutionView } from '@millrace/shared/engine/reducer'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, cleanup, render, renderHook } from '@testing-library/react'
import type { ReactNode } from 'react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { queryKeys } from '../api/query-keys.ts'
import { useChosenWorkspace } from '../stores/workspace-store.ts'
import { ListRefresh } from './list-refresh.tsx'
import { LiveContext } from './live-context.ts'
import {
  useAllExecutions,
  useExecutionUpdates,
  useWebSocketEvent,
  useWebSocketSubscription,
  useWorkflowExecutions,
} from './subscription-hooks.ts'

interface Followed<Handlers> {
  name: string
  handlers: Handlers
  options: ChannelOptions | undefined
}

/** A client in a test's hands: what is followed now, and how often something was. */
function fakeClient() {
  const executions = new Set<Followed<ExecutionHandlers>>()
  const channels = new Set<Followed<ChannelHandlers>>()
  const listeners = new Map<string, Set<(frame: never) => void>>()
  const follow = <Handlers,>(all: Set<Followed<Handlers>>) =>
    vi.fn((name: string, handlers: Handlers, options?: ChannelOptions) => {
      const one = { name, handlers, options }
      all.add(one)
      return () => void all.delete(one)
    })
  const stateListeners = new Set<() => void>()
  const client = {
    state: idleState,
    onState(listener: () => void) {
      stateListeners.add(listener)
      return () => void stateListeners.delete(listener)
    },
    followExecution: follow(executions),
    followChannel: follow(channels),
    on(type: string, listener: (frame: never) => void) {
      const known = listeners.get(type) ?? new Set()
      listeners.set(type, known.add(listener))
      return () => void known.delete(listener)
    },
  }
  return {
    client: client as unknown as SocketClient & typeof client,
    executions,
    channels,
    become(status: ConnectionStatus) {
      client.state = { ...idleState, status }
      for (const listener of stateListeners) listener()
    },
    listenerCount: (type: string) => listeners.get(type)?.size ?? 0,
    say: (frame: { type: string }) => {
      for (const listener of listeners.get(frame.type) ?? []) listener(frame as never)
    },
    channel: (name: string) => [...channels].filter((one) => one.name === name),
  }
}

const run = (executionId: string, rest: Partial<ExecutionSummary> = {}): ExecutionSummary => ({
  executionId,
  workflowId: 'w1',
  workflowName: 'W',
  workflowVersion: 1,
  status: 'running',
  totalNodes: 3,
  completedNodes: 0,
  startedByName: 'Ada',
  createdAt: 1,
  startedAt: 1,
  ...rest,
})

describe('hooks over the socket', () => {
  let fake: ReturnType<typeof fakeClient>
  const wrapper = ({ children }: { children: ReactNode }) => <LiveContext value={fake.client}>{children}</LiveContext>

  beforeEach(() => {
    fake = fakeClient()
    useChosenWorkspace.setState({ id: null })
  })
  afterEach(cleanup)

  it('F05 useWebSocketSubscription follows once, with the handlers of the latest drawing, and lets go', () => {
    const [first, second] = [vi.fn(), vi.fn()]
    useChosenWorkspace.setState({ id: 'ws-2' })
    const { rerender, unmount } = renderHook(
      ({ onLive }) => useWebSocketSubscription('approvals', { onLive, filters: { workflow_ids: ['w1'] } }),
      { wrapper, initialProps: { onLive: first } },
    )
    rerender({ onLive: second })
    expect(fake.client.followChannel).toHaveBeenCalledTimes(1)
    const [followed] = fake.channel('approvals')
    expect(followed?.options).toEqual({ filters: { workflow_ids: ['w1'] }, workspaceId: 'ws-2' })
    act(() => followed?.handlers.onLive?.())
    expect(first).not.toHaveBeenCalled()
    expect(second).toHaveBeenCalledTimes(1)
    unmount()
    expect(fake.channels.size).toBe(0)
  })

  it('F06 useWebSocketEvent hears one type while mounted', () => {
    const hear = vi.fn()
    const { unmount } = renderHook(() => useWebSocketEvent('approval:required', hear), { wrapper })
    fake.say({ type: 'approval:required' })
    fake.say({ type: 'approval:granted' })
    expect(hear).toHaveBeenCalledTimes(1)
    unmount()
    expect(fake.listenerCount('approval:required')).toBe(0)
  })

  it('F07 useExecutionUpdates shows a run as it is, and never one run under the name of another', () => {
    const { result, rerender } = renderHook(({ id }) => useExecutionUpdates(id), {
      wrapper,
      initialProps: { id: 'e1' as string | null },
    })
    expect(result.current).toMatchObject({ view: null, isLive: false, hasEnded: false, error: null })
    const [{ handlers } = { handlers: null }] = fake.executions
    const view = emptyExecutionView('e1')
    act(() => handlers?.onView?.(view))
    act(() => handlers?.onCaughtUp?.(1))
    expect(result.current.isLive).toBe(true)
    act(() => handlers?.onBehind?.())
    expect(result.current.isLive).toBe(false)
    act(() => handlers?.onCaughtUp?.(1))
    act(() => handlers?.onEnded?.())
    expect(result.current).toMatchObject({ view, isLive: true, hasEnded: true })
    rerender({ id: 'e2' })
    expect(result.current.view).toBeNull()
    rerender({ id: null })
    expect(fake.executions.size).toBe(0)
  })

  it('F08 useWorkflowExecutions and useAllExecutions show lists as they are', () => {
    const { result, rerender } = renderHook(
      ({ id }) => [useWorkflowExecutions(id), useAllExecutions({ statuses: ['running'] })] as const,
      { wrapper, initialProps: { id: 'w1' } },
    )
    expect(result.current[0].items).toBeNull()
    const [all] = fake.channel('executions')
    expect(all?.options?.filters).toEqual({ statuses: ['running'] })
    act(() => fake.channel('workflows:w1')[0]?.handlers.onItems?.([run('a')]))
    act(() => all?.handlers.onItems?.([run('a'), run('b')]))
    expect(result.current[0].items).toEqual([run('a')])
    expect(result.current[1].items).toHaveLength(2)
    rerender({ id: 'w2' })
    expect(result.current[0].items).toBeNull()
    const code = 'CHANNEL_NOT_FOUND' as const
    act(() => fake.channel('workflows:w2')[0]?.handlers.onError?.({ code, message: 'There is no such channel.' }))
    expect(result.current[0].error).toMatchObject({ code })
    expect(fake.channel('workflows:w1')).toEqual([])
  })

  it('F16 the live list is in every list of runs that was read, also in one that is answered late', () => {
    const cache = new QueryClient()
    useChosenWorkspace.setState({ id: 'ws-2' })
    const keyOf = (filter: { status?: string }) => [...queryKeys.executionList(filter), 50]
    const rows = (filter: { status?: string }) =>
      cache
        .getQueryData<{ pages: { items: ExecutionSummary[] }[] }>(keyOf(filter))
        ?.pages.flatMap(({ items }) => items.map(({ executionId, status }) => `${executionId} ${status}`))
    const answer = { pages: [{ items: [run('a')] }], pageParams: [undefined] }
    cache.setQueryData(keyOf({}), answer)
    cache.setQueryData(keyOf({ status: 'waiting' }), { pages: [{ items: [] }], pageParams: [undefined] })
    render(
      <QueryClientProvider client={cache}>
        <LiveContext value={fake.client}>
          <ListRefresh />
        </LiveContext>
      </QueryClientProvider>,
    )
    const live = [run('b', { createdAt: 2 }), run('a', { status: 'waiting' })]
    act(() => {
      for (const { handlers } of fake.channel('workspaces:ws-2')) handlers.onItems?.(live)
    })
    // Without a connection nobody knows how old it is.
    expect(rows({})).toEqual(['a running'])
    act(() => fake.become('live'))
    expect(rows({})).toEqual(['b running', 'a waiting'])
    expect(rows({ status: 'waiting' })).toEqual(['a waiting'])
    // An answer from before.
    act(
      () =>
        void cache
          .getQueryCache()
          .find({ queryKey: keyOf({}) })
          ?.setData(answer),
    )
    expect(rows({})).toEqual(['b running', 'a waiting'])
    cache.clear()
  })

  it('E23 what can be run is read anew when another member has changed it', () => {
    const cache = new QueryClient()
    useChosenWorkspace.setState({ id: 'ws-2' })
    const invalidate = vi.spyOn(cache, 'invalidateQueries')
    render(
      <QueryClientProvider client={cache}>
        <LiveContext value={fake.client}>
          <ListRefresh />
        </LiveContext>
      </QueryClientProvider>,
    )
    act(() => {
      for (const { handlers } of fake.channel('workspaces:ws-2'))
        handlers.onEvent?.({ type: 'registry:updated' } as never)
    })
    const read = invalidate.mock.calls.map(([filters]) => filters?.queryKey)
    expect(read).toEqual([queryKeys.nodeTypes, queryKeys.credentials])
  })
})
