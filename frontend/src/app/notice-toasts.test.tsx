import type { SocketClient } from '@millrace/shared/client/socket-client'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { MemoryRouter } from 'react-router'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { tokens } from '../api/http.ts'
import type { Notice } from '../api/notices.ts'
import { LiveContext } from '../live/live-context.ts'
import { useNoticeStore } from '../stores/notice-store.ts'
import { useSession } from '../stores/session-store.ts'
import { Toaster } from '../ui/toast.tsx'
import { TooltipProvider } from '../ui/tooltip.tsx'
import { NoticeBell } from './notice-bell.tsx'
import { NoticeToasts } from './notice-toasts.tsx'

const user = { id: 'ada', email: 'ada@example.com', name: 'Ada' }
const notice = (seq: number, rest: Partial<Notice> = {}): Notice => ({
  seq,
  timestamp: Date.now(),
  level: 'info',
  category: 'announcement',
  title: `Notice ${seq}`,
  message: '',
  ...rest,
})

let onServer: Notice[]
let listeners: Map<string, (frame: unknown) => void>
const say = (type: string, frame: object = {}) => act(() => listeners.get(type)?.({ type, ...frame }))

function show(path = '/workflows') {
  const client = {
    on(type: string, listener: (frame: unknown) => void) {
      listeners.set(type, listener)
      return () => listeners.delete(type)
    },
  } as unknown as SocketClient
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })}>
      <TooltipProvider>
        <LiveContext value={client}>
          <MemoryRouter initialEntries={[path]}>
            <NoticeToasts />
            <NoticeBell />
            <Toaster />
          </MemoryRouter>
        </LiveContext>
      </TooltipProvider>
    </QueryClientProvider>,
  )
}

const bell = (name: string) => screen.findByRole('button', { name })

describe('notices', () => {
  beforeEach(() => {
    localStorage.clear()
    listeners = new Map()
    onServer = [notice(2), notice(1)]
    useSession.setState({ phase: 'signed-in', user })
    useNoticeStore.getState().open(user.id)
    tokens.keep({ accessToken: 't', expiresIn: 900, user })
    vi.stubGlobal(
      'ResizeObserver',
      class {
        observe = () => undefined
        unobserve = () => undefined
        disconnect = () => undefined
      },
    )
    // Not in jsdom.
    Element.prototype.scrollIntoView = () => undefined
    vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: vi.fn(), removeEventListener: vi.fn() }))
    vi.stubGlobal('fetch', async () => Response.json({ items: onServer }))
  })
  afterEach(() => {
    cleanup()
    vi.unstubAllGlobals()
  })

  it('from before this page wait behind the bell and do not ring', async () => {
    show()
    await bell('Notices, 2 unread')
    expect(screen.queryByText('Notice 2')).toBeNull()
  })

  it('that were told without a connection come with the next one, and those that come live come once', async () => {
    show()
    await bell('Notices, 2 unread')
    onServer = [notice(3, { title: 'Told while away' }), ...onServer]
    say('connected')
    await screen.findByText('Told while away')
    await bell('Notices, 3 unread')
    say('notification', notice(4, { title: 'Told live' }))
    await screen.findByText('Told live')
    await bell('Notices, 4 unread')
    onServer = [notice(4, { title: 'Told live' }), ...onServer]
    say('connected')
    await bell('Notices, 4 unread')
    expect(screen.getAllByText('Told live')).toHaveLength(1)
  })

  it('many at once ring once', async () => {
    show()
    await bell('Notices, 2 unread')
    onServer = [6, 5, 4, 3].map((seq) => notice(seq)).concat(onServer)
    say('connected')
    await screen.findByText('4 new notices')
    expect(screen.queryByText('Notice 6')).toBeNull()
  })

  it('are read one by one or all at once, and stay so after a reload', async () => {
    show()
    fireEvent.click(await bell('Notices, 2 unread'))
    await screen.findByRole('button', { name: 'Notice 1' })
    screen.getByRole('button', { name: 'Mark all read' }).focus()
    for (const key of ['ArrowDown', 'ArrowDown']) fireEvent.keyDown(document.activeElement ?? document.body, { key })
    expect(document.activeElement?.textContent).toBe('Notice 1')
    fireEvent.click(screen.getByRole('button', { name: 'Notice 1' }))
    await waitFor(() => expect(screen.getAllByText('Unread')).toHaveLength(1))
    fireEvent.click(screen.getByRole('button', { name: 'Mark all read' }))
    await waitFor(() => expect(screen.queryByText('Unread')).toBeNull())
    cleanup()
    show()
    await bell('Notices')
  })

  it('of one person change nothing about what the next has read', async () => {
    useNoticeStore.getState().open('bob')
    useNoticeStore.getState().markAllRead(50)
    useNoticeStore.getState().open(user.id)
    show()
    await bell('Notices, 2 unread')
    act(() => useSession.setState({ user: { ...user, id: 'bob' } }))
    await bell('Notices')
    expect(useNoticeStore.getState()).toMatchObject({ userId: 'bob', read: { upTo: 50 } })
  })

  it('that the page shows by itself are read', async () => {
    show('/executions/e1')
    await bell('Notices, 2 unread')
    say('notification', notice(3, { actions: [{ label: 'Open the run', path: '/executions/e1' }] }))
    await bell('Notices, 2 unread')
    expect(screen.queryByText('Notice 3')).toBeNull()
    cleanup()
    // Also those from before, as soon as their page is opened.
    onServer = [notice(4, { category: 'question' }), ...onServer]
    show('/inbox')
    await bell('Notices, 2 unread')
  })
})
