import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { cleanup, render, screen, waitFor } from '@testing-library/react'
import { MemoryRouter, useLocation } from 'react-router'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { http, tokens } from '../api/http.ts'
import { WorkspaceContext } from '../api/rights.ts'
import { useChosenWorkspace } from '../stores/workspace-store.ts'
import { Toaster } from '../ui/toast.tsx'
import { useElsewhere } from './use-elsewhere.tsx'

const user = { id: 'ada', email: 'ada@example.com', name: 'Ada' }
const workspaces = ['Own', 'Lab', 'Harbour'].map((name) => ({ id: name.toLowerCase(), name, role: 'owner' as const }))
const path = '/api/executions/e1'

let home: string | null
let asked: string[]

function Page() {
  const query = useElsewhere(
    useQuery({ queryKey: ['executions', 'e1'], queryFn: () => http.request('GET', path), retry: false }),
    path,
  )
  return (
    <p>
      {query.error === null ? 'no failure' : 'not found'} at {useLocation().pathname}
    </p>
  )
}

function show() {
  useChosenWorkspace.setState({ id: 'own' })
  const [own] = workspaces
  if (own === undefined) throw new Error('a workspace')
  render(
    <QueryClientProvider client={new QueryClient()}>
      <WorkspaceContext value={own}>
        <MemoryRouter initialEntries={['/executions/e1']}>
          <Page />
          <Toaster />
        </MemoryRouter>
      </WorkspaceContext>
    </QueryClientProvider>,
  )
}

beforeEach(() => {
  asked = []
  tokens.keep({ accessToken: 't', expiresIn: 900, user })
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: vi.fn(), removeEventListener: vi.fn() }))
  vi.stubGlobal('fetch', async (address: string, init: RequestInit) => {
    if (address === '/api/me') return Response.json({ user, workspaces })
    const workspace = new Headers(init.headers).get('x-workspace-id') ?? ''
    asked.push(workspace)
    if (workspace === home) return Response.json({ executionId: 'e1' })
    const code = 'EXECUTION_NOT_FOUND'
    return Response.json({ code, message: 'There is no such execution.', requestId: 'r' }, { status: 404 })
  })
})
afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

it('a link of another workspace of its person leads there, with a word about it', async () => {
  home = 'harbour'
  show()
  await waitFor(() => expect(useChosenWorkspace.getState().id).toBe('harbour'))
  await screen.findByText('The link leads here.')
  expect(asked.slice(0, 3)).toEqual(['own', 'lab', 'harbour'])
  expect(screen.getByText('no failure at /executions/e1')).toBeDefined()
})

it('a link that leads nowhere says so, and nothing is switched', async () => {
  home = null
  show()
  await screen.findByText('not found at /executions/e1')
  expect(asked).toEqual(['own', 'lab', 'harbour'])
  expect(useChosenWorkspace.getState().id).toBe('own')
})
