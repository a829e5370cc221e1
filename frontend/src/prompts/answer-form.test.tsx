import type { Role } from '@millrace/shared/api/auth'
import type { PromptView } from '@millrace/shared/engine/execution-view'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { tokens } from '../api/http.ts'
import { WorkspaceContext } from '../api/rights.ts'
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
  status: 'open',
  response: null,
  answeredBy: null,
  answeredAt: null,
}

const answeredAt = Date.now()
let reply: (body: { response: Record<string, unknown> }) => Response
let sent: { path: string; response: unknown }[]

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
  tokens.keep({ accessToken: 't', expiresIn: 900, user: { id: 'me', email: 'me@example.com', name: 'Me' } })
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
    sent.push({ path, response: body.response })
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
    expect(sent).toEqual([{ path: '/api/prompts/run-1%2Fapprove%2F1/response', response: { choice: 'approve' } }])
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
    keepDraft(requestId, { choice: 'edit', texts: { edit: 'Half a sentence' }, fields: {} })
    show(question)
    expect((screen.getByLabelText(/New text/) as HTMLTextAreaElement).value).toBe('Half a sentence')
    fireEvent.change(screen.getByLabelText(/New text/), { target: { value: 'A whole sentence' } })
    await waitFor(() => expect(readDraft(requestId)?.texts.edit).toBe('A whole sentence'))
    fireEvent.submit(screen.getByRole('form'))
    await screen.findByText('Answered')
    expect(readDraft(requestId)).toBeNull()
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
})
