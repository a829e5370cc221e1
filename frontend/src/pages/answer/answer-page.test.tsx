import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import AnswerPage from './answer-page.tsx'

const question = {
  requestId: 'run-1:approve',
  workflowName: 'Lift repair',
  sharedByName: 'Olive',
  expiresAt: Date.now() + 3_600_000,
  status: 'open',
  prompt: 'Send it?',
  inputType: 'approval',
  requestedAt: 1,
}
const refusal = (status: number, code: string, details = {}) =>
  Response.json({ code, message: 'Refused.', details, requestId: 'r' }, { status })

interface Sent {
  path: string
  key: string | null
  body: Record<string, unknown>
}
let sent: Sent[]
let opening: () => Response
let answering: () => Response

function show(token = 'secret') {
  location.hash = token
  const cache = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  render(
    <QueryClientProvider client={cache}>
      <AnswerPage />
    </QueryClientProvider>,
  )
  return cache
}
const approve = async () => fireEvent.click(await screen.findByRole('button', { name: /Approve/ }))
const answers = () => sent.filter(({ path }) => path.endsWith('/answer'))

beforeEach(() => {
  sent = []
  localStorage.clear()
  sessionStorage.clear()
  opening = () => Response.json(question)
  answering = () =>
    Response.json({
      accepted: true,
      requestId: question.requestId,
      executionId: 'run-1',
      response: { choice: 'approve' },
      answeredBy: { userId: 'link:u1', name: 'Kim (by a link from Olive)' },
      answeredAt: Date.now(),
    })
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    const key = new Headers(init.headers).get('idempotency-key')
    sent.push({ path, key, body: JSON.parse(String(init.body)) as Record<string, unknown> })
    return path.endsWith('/open') ? opening() : answering()
  })
})
afterEach(() => {
  cleanup()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('the page of a link to answer', () => {
  it('answers with the name that was given, free of what breaks lines, and says thank you', async () => {
    show()
    const name = await screen.findByLabelText(/Your name/)
    fireEvent.change(name, { target: { value: ' Kim \u202e' } })
    await approve()
    await screen.findByText(/Thank you/)
    expect(location.hash).toBe('')
    expect(answers()).toMatchObject([{ body: { token: 'secret', response: { choice: 'approve' }, name: 'Kim' } }])
  })

  it('stays thankful when the link ends afterwards', async () => {
    const cache = show()
    await approve()
    await screen.findByText(/Thank you/)
    opening = () => refusal(404, 'PROMPT_LINK_NOT_FOUND')
    await cache.refetchQueries()
    expect(screen.getByText(/Thank you/)).toBeDefined()
  })

  it('gives an answer that got none again by itself, under the same key', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 200 })
    show()
    const accepted = answering
    answering = () => {
      answering = accepted
      throw new TypeError('failed to fetch')
    }
    await approve()
    await screen.findByText(/Will be sent when you are online again/)
    await vi.advanceTimersByTimeAsync(3000)
    await screen.findByText(/Thank you/)
    expect(answers()).toHaveLength(2)
    expect(answers()[1]?.key).toBe(answers()[0]?.key)
  })

  it('says that the link is not whole when it was mangled on its way, also where another was opened before', async () => {
    sessionStorage.setItem('millrace.answer-link', 'another')
    show('secret%')
    await screen.findByText('The link is not whole')
    expect([location.hash, sent.length]).toEqual(['', 0])
    expect(sessionStorage.getItem('millrace.answer-link')).toBeNull()
  })

  it('tries again by itself while a proxy answers in place of the server, under the same key', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 200 })
    show()
    const accepted = answering
    answering = () => {
      answering = accepted
      return new Response('<html>', { status: 502 })
    }
    await approve()
    await screen.findByText(/Will be sent when you are online again/)
    await vi.advanceTimersByTimeAsync(3000)
    await screen.findByText(/Thank you/)
    expect(answers()[1]?.key).toBe(answers()[0]?.key)
  })

  it.each([
    [503, 'TEMPORAL_UNAVAILABLE', true],
    [429, 'RATE_LIMITED', true],
    [422, 'PROMPT_RESPONSE_INVALID', false],
  ])('given again after %i %s the same answer has the same key: %s', async (status, code, isSame) => {
    show()
    const accepted = answering
    answering = () => {
      answering = accepted
      return refusal(status, code)
    }
    await approve()
    await screen.findByRole('alert')
    await approve()
    await screen.findByText(/Thank you/)
    expect(answers()[1]?.key === answers()[0]?.key).toBe(isSame)
  })

  it('says that the link has ended to who answers too late', async () => {
    show()
    answering = () => refusal(404, 'PROMPT_LINK_NOT_FOUND')
    opening = () => (answers().length === 0 ? Response.json(question) : refusal(404, 'PROMPT_LINK_NOT_FOUND'))
    await approve()
    await screen.findByText('This link has ended')
    expect(screen.getByText(/ask Olive for a new link/)).toBeDefined()
  })

  it('says who was first, or that the question is closed', async () => {
    const details = { answeredBy: { userId: 'u2', name: 'Ben' }, answeredAt: 5, response: { choice: 'approve' } }
    show()
    answering = () => refusal(409, 'PROMPT_ALREADY_ANSWERED', details)
    await approve()
    await screen.findByText('Ben answered first')
    cleanup()
    opening = () => Response.json({ ...question, status: 'expired' })
    show('other')
    await screen.findByText('The deadline has passed')
    await waitFor(() => expect(screen.queryByRole('form')).toBeNull())
  })
})
