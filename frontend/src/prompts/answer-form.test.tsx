import type { Role } from '@millrace/shared/api/auth'
import { type ConnectionState, idleState } from '@millrace/shared/client/connection-state'
import type { SocketClient } from '@millrace/shared/client/socket-client'
import type { PromptView } from '@millrace/shared/engine/execution-view'
import { AppError } from '@millrace/shared/errors/app-error'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { tokens } from '../api/http.ts'
import { WorkspaceContext } from '../api/rights.ts'
import { LiveContext } from '../live/live-context.ts'
import { useSession } from '../stores/session-store.ts'
import { AnswerForm } from './answer-form.tsx'
import { keepDraft, readDraft } from './draft-storage.ts'

const requestId = 'run-1/approve/1'

const question: PromptView = {
  requestId,
  nodeId: 'approve',
  nodePath: 'approve',
  nodeName: 'Approve the draft',
  iteration: 1,
  prompt: 'Send this notice?',
  body: null,
  inputType: 'choice',
  validation: {},
  choices: [
    { id: 'approve', label: 'Approve' },
    { id: 'edit', label: 'Edit', text: { label: 'New text', required: true, initial: 'Dear customers' } },
    { id: 'redo', label: 'Redo', text: { label: 'What is missing', required: false, initial: '' } },
  ],
  fields: null,
  requestedAt: 0,
  deadline: null,
  reminderCount: 0,
  remindedAt: null,
  status: 'open',
  response: null,
  answeredBy: null,
  answeredAt: null,
}

const answeredAt = Date.now()
let reply: (body: { response: Record<string, unknown> }) => Response
let sent: { path: string; response: unknown; key: string | null }[]

function show(prompt: PromptView, onAnswered = vi.fn(), role: Role = 'operator') {
  const client = new QueryClient({ defaultOptions: { mutations: { retry: false } } })
  render(
    <QueryClientProvider client={client}>
      <WorkspaceContext value={{ id: 'w1', name: 'Workshop', role }}>
        <AnswerForm prompt={prompt} onAnswered={onAnswered} compact />
      </WorkspaceContext>
    </QueryClientProvider>,
  )
  return onAnswered
}

beforeEach(() => {
  localStorage.clear()
  sent = []
  const user = { id: 'me', email: 'me@example.com', name: 'Me' }
  tokens.keep({ accessToken: 't', expiresIn: 900, user })
  useSession.setState({ phase: 'signed-in', user })
  reply = ({ response }) =>
    Response.json({
      accepted: true,
      requestId,
      executionId: 'run-1',
      response,
      answeredBy: { userId: 'me', name: 'Me' },
      answeredAt,
    })
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe = () => undefined
      unobserve = () => undefined
      disconnect = () => undefined
    },
  )
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    const body = JSON.parse(String(init.body)) as { response: Record<string, unknown> }
    sent.push({ path, response: body.response, key: new Headers(init.headers).get('idempotency-key') })
    return reply(body)
  })
})

afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

describe('answering a question', () => {
  it('sends a choice without text at once, by its key', async () => {
    const onAnswered = show(question)
    fireEvent.keyDown(window, { key: '1' })
    expect(await screen.findByText('Answered')).toBeDefined()
    expect(sent).toMatchObject([{ path: '/api/prompts/run-1%2Fapprove%2F1/response', response: { choice: 'approve' } }])
    expect(onAnswered).toHaveBeenCalledTimes(1)
  })

  it('asks for the text of a choice, beginning with its initial one, before it sends', async () => {
    show(question)
    fireEvent.keyDown(window, { key: '2' })
    const text = await screen.findByLabelText(/New text/)
    expect((text as HTMLTextAreaElement).value).toBe('Dear customers')
    expect(sent).toEqual([])
    fireEvent.change(text, { target: { value: 'Dear all' } })
    fireEvent.keyDown(text, { key: 'Enter', ctrlKey: true })
    await screen.findByText('Answered')
    expect(sent[0]?.response).toEqual({ choice: 'edit', text: 'Dear all' })
  })

  it('does not take digits for choices while a person types', () => {
    show(question)
    fireEvent.click(screen.getByRole('button', { name: /Redo/ }))
    fireEvent.keyDown(screen.getByLabelText(/What is missing/), { key: '1' })
    expect(sent).toEqual([])
  })

  it('keeps a draft over a reload and forgets it once answered', async () => {
    keepDraft('me', requestId, { choice: 'edit', texts: { edit: 'Half a sentence' }, fields: {} })
    show(question)
    expect((screen.getByLabelText(/New text/) as HTMLTextAreaElement).value).toBe('Half a sentence')
    fireEvent.change(screen.getByLabelText(/New text/), { target: { value: 'A whole sentence' } })
    await waitFor(() => expect(readDraft('me', requestId)?.texts.edit).toBe('A whole sentence'))
    fireEvent.submit(screen.getByRole('form'))
    await screen.findByText('Answered')
    expect(readDraft('me', requestId)).toBeNull()
  })

  it('shows nobody the draft of somebody else', () => {
    keepDraft('kim', requestId, { choice: 'edit', texts: { edit: 'Of Kim alone' }, fields: {} })
    show(question)
    expect(screen.queryByLabelText(/New text/)).toBeNull()
    fireEvent.keyDown(window, { key: '2' })
    expect((screen.getByLabelText(/New text/) as HTMLTextAreaElement).value).toBe('Dear customers')
    expect(readDraft('kim', requestId)?.texts.edit).toBe('Of Kim alone')
  })

  it('takes an earlier answer of the same person for theirs, not for a lost race', async () => {
    const details = { answeredBy: { userId: 'me', name: 'Me' }, answeredAt, response: { choice: 'approve' } }
    reply = () =>
      Response.json({ code: 'PROMPT_ALREADY_ANSWERED', message: 'No.', details, requestId: 'r' }, { status: 409 })
    show(question)
    fireEvent.keyDown(window, { key: '1' })
    await screen.findByText('Answered')
    expect(screen.queryByText(/first/)).toBeNull()
  })

  it.each([
    [503, 'TEMPORAL_UNAVAILABLE', true],
    [503, 'DATABASE_UNAVAILABLE', true],
    [429, 'RATE_LIMITED', true],
    [500, 'INTERNAL', true],
    [502, null, true],
    [422, 'PROMPT_RESPONSE_INVALID', false],
  ])('after %i %s the same answer has the same key: %s', async (status, code, isSame) => {
    const accepted = reply
    reply = () => {
      reply = accepted
      return code === null
        ? new Response('<html>', { status })
        : Response.json({ code, message: 'Not now.', requestId: 'r' }, { status })
    }
    show(question)
    fireEvent.keyDown(window, { key: '1' })
    await screen.findByRole('alert')
    fireEvent.keyDown(window, { key: '1' })
    await screen.findByText('Answered')
    expect(sent[0]?.key === sent[1]?.key).toBe(isSame)
  })

  it('says who was first, and with what, when the race is lost', async () => {
    reply = () =>
      Response.json(
        {
          code: 'PROMPT_ALREADY_ANSWERED',
          message: 'The question has been answered already.',
          details: { answeredBy: { userId: 'kim', name: 'Kim' }, answeredAt, response: { choice: 'approve' } },
          requestId: 'r',
        },
        { status: 409 },
      )
    const onAnswered = show(question)
    fireEvent.click(screen.getByRole('button', { name: /Approve/ }))
    expect(await screen.findByText('Kim answered first')).toBeDefined()
    expect(screen.getByText(/“Approve”/)).toBeDefined()
    expect(onAnswered).toHaveBeenCalledTimes(1)
  })

  it('shows a refusal and stays open', async () => {
    reply = () =>
      Response.json({ code: 'FORBIDDEN', message: 'Your role does not allow this.', requestId: 'r' }, { status: 403 })
    const onAnswered = show(question)
    fireEvent.click(screen.getByRole('button', { name: /Approve/ }))
    expect((await screen.findByRole('alert')).textContent).toContain('Your role does not allow this.')
    expect(screen.getByRole('alert').textContent).toContain('FORBIDDEN')
    expect(onAnswered).not.toHaveBeenCalled()
  })

  it('checks a form before it sends typed values', async () => {
    show({
      ...question,
      inputType: 'form',
      choices: null,
      fields: [
        { name: 'amount', label: 'Amount', type: 'number', required: true },
        { name: 'paid', label: 'Paid', type: 'boolean', required: false },
      ],
    })
    fireEvent.submit(screen.getByRole('form'))
    expect((await screen.findByRole('alert')).textContent).toBe('Enter amount.')
    expect(sent).toEqual([])
    fireEvent.change(screen.getByLabelText('Amount'), { target: { value: '12.5' } })
    fireEvent.submit(screen.getByRole('form'))
    await screen.findByText('Answered')
    expect(sent[0]?.response).toEqual({ amount: 12.5, paid: false })
  })

  it('offers approve and reject for an approval that names no choices', () => {
    show({ ...question, inputType: 'approval', choices: null })
    expect(screen.getAllByRole('button').map((button) => button.textContent)).toEqual([
      expect.stringContaining('Approve'),
      expect.stringContaining('Reject'),
    ])
  })

  it('shows how a question ended that is closed already', () => {
    show({
      ...question,
      status: 'answered',
      answeredBy: { userId: 'kim', name: 'Kim' },
      answeredAt,
      response: { choice: 'redo' },
    })
    expect(screen.getByText('Kim answered')).toBeDefined()
    expect(screen.queryByRole('form')).toBeNull()
  })

  it('says to a viewer why there is nothing to press', () => {
    show(question, vi.fn(), 'viewer')
    expect(screen.queryByRole('button')).toBeNull()
    expect(screen.getByText(/You may watch here, not answer/)).toBeTruthy()
  })

  describe('over the socket', () => {
    let state: ConnectionState
    let answer: ReturnType<typeof vi.fn<SocketClient['answer']>>
    let stateListeners: Set<() => void>

    const become = (status: ConnectionState['status']) =>
      act(() => {
        state = { ...idleState, status }
        for (const listener of stateListeners) listener()
      })
    const accepted = (response: unknown) =>
      ({ requestId, executionId: 'run-1', response, answeredBy: { userId: 'me', name: 'Me' }, answeredAt }) as never

    beforeEach(() => {
      state = { ...idleState, status: 'live' }
      stateListeners = new Set()
      answer = vi.fn<SocketClient['answer']>(async (_, response) => accepted(response))
    })

    function showLive(cache = new QueryClient()) {
      const client = {
        get state() {
          return state
        },
        onState(listener: () => void) {
          stateListeners.add(listener)
          return () => stateListeners.delete(listener)
        },
        answer,
      } as unknown as SocketClient
      const { unmount } = render(
        <QueryClientProvider client={cache}>
          <WorkspaceContext value={{ id: 'w1', name: 'Workshop', role: 'operator' }}>
            <LiveContext value={client}>
              <AnswerForm prompt={question} compact />
            </LiveContext>
          </WorkspaceContext>
        </QueryClientProvider>,
      )
      return unmount
    }
    const approve = () => fireEvent.click(screen.getByRole('button', { name: /Approve/ }))

    it('goes the way of the live events while they come', async () => {
      showLive()
      approve()
      await screen.findByText('Answered')
      expect(answer).toHaveBeenCalledTimes(1)
      expect(sent).toEqual([])
    })

    it('D06 waits for the connection when there is no way, says so, and still does when the page is left', async () => {
      const arrival = Promise.withResolvers<never>()
      answer.mockReturnValue(arrival.promise)
      reply = () => {
        throw new TypeError('failed to fetch')
      }
      become('offline')
      const cache = new QueryClient()
      const leave = showLive(cache)
      approve()
      expect(await screen.findByText(/Will be sent when you are online again/)).toBeDefined()
      await waitFor(() => expect(answer).toHaveBeenCalledTimes(1))
      leave()
      showLive(cache)
      expect(screen.getByText(/Will be sent when you are online again/)).toBeDefined()
      expect((screen.getByRole('button', { name: /Approve/ }) as HTMLButtonElement).disabled).toBe(true)
      become('live')
      expect(screen.queryByText(/Will be sent/)).toBeNull()
      arrival.resolve(accepted({ choice: 'approve' }))
      await waitFor(() =>
        expect((screen.getByRole('button', { name: /Approve/ }) as HTMLButtonElement).disabled).toBe(false),
      )
      expect(answer).toHaveBeenCalledTimes(1)
    })

    it('goes over HTTP where the socket does not come about', async () => {
      become('offline')
      showLive()
      approve()
      await screen.findByText('Answered')
      expect(answer).not.toHaveBeenCalled()
      expect(sent).toHaveLength(1)
    })

    it.each([
      ['closed', 'idle'],
      ['stopped', 'stopped'],
    ] as const)(
      'is not lost when the connection is %s while HTTP is tried: it says so and keeps its key',
      async (_, status) => {
        become('offline')
        reply = () => {
          become(status)
          throw new TypeError('failed to fetch')
        }
        showLive()
        approve()
        expect((await screen.findByRole('alert')).textContent).toContain('CLIENT_CLOSED')
        expect(answer).not.toHaveBeenCalled()
        expect(sent).toHaveLength(1)
        cleanup()
        become('live')
        showLive()
        approve()
        await screen.findByText('Answered')
        expect(answer.mock.calls[0]?.[2]?.idempotencyKey).toBe(sent[0]?.key)
      },
    )

    it('takes no other way than the one that was closed, where what is too large for it would', async () => {
      answer.mockImplementationOnce(async () => {
        become('idle')
        throw new AppError('BUFFER_FULL', { commandsMax: 1, bytesMax: 1 })
      })
      showLive()
      approve()
      expect((await screen.findByRole('alert')).textContent).toContain('BUFFER_FULL')
      expect(sent).toEqual([])
    })

    it('keeps its key until its fate is known, and says who was first', async () => {
      answer.mockRejectedValueOnce(new AppError('REQUEST_TIMED_OUT'))
      answer.mockRejectedValueOnce(
        new AppError('PROMPT_ALREADY_ANSWERED', {
          answeredBy: { userId: 'kim', name: 'Kim' },
          answeredAt,
          response: { choice: 'redo' },
        }),
      )
      showLive()
      approve()
      await screen.findByRole('alert')
      approve()
      expect(await screen.findByText('Kim answered first')).toBeDefined()
      const [first, second] = answer.mock.calls.map(([, , options]) => options?.idempotencyKey)
      expect(first).toBe(second)
      cleanup()
      showLive()
      approve()
      await screen.findByText('Answered')
      expect(answer.mock.calls[2]?.[2]?.idempotencyKey).not.toBe(first)
    })
  })
})
