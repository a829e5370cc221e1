import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SeenRequest {
  url: string
  headers: IncomingMessage['headers']
  body: Record<string, unknown>
}

export interface FakeModelServer {
  baseUrl: string
  seen: SeenRequest[]
  /** Answers of the next requests; the last one stays. */
  answer(handler: (response: ServerResponse, request: SeenRequest) => void | Promise<void>): void
  close(): Promise<void>
}

/** A paid provider's stand-in on a real port. */
export async function startFakeModelServer(): Promise<FakeModelServer> {
  const seen: SeenRequest[] = []
  let handler: Parameters<FakeModelServer['answer']>[0] = (response) => void response.writeHead(500).end()
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const text = Buffer.concat(parts).toString()
    const entry = {
      url: request.url ?? '',
      headers: request.headers,
      body: text === '' ? {} : (JSON.parse(text) as SeenRequest['body']),
    }
    seen.push(entry)
    await handler(response, entry)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    seen,
    answer: (next) => {
      handler = next
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export function sse(response: ServerResponse): (data: unknown, event?: string) => void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  return (data, event) =>
    void response.write(
      `${event ? `event: ${event}\n` : ''}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`,
    )
}

/** A whole answer in the form of OpenAI's chat completions. */
export function openaiAnswer(pieces: string[], finishReason = 'stop') {
  return (response: ServerResponse) => {
    const send = sse(response)
    const base = { id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'fake' }
    for (const content of pieces)
      send({ ...base, choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }] })
    send({ ...base, choices: [{ index: 0, delta: {}, finish_reason: finishReason }] })
    send({ ...base, choices: [], usage: { prompt_tokens: 11, completion_tokens: 5, total_tokens: 16 } })
    send('[DONE]')
    response.end()
  }
}

/** A whole answer in the form of Anthropic's messages. */
export function anthropicAnswer(pieces: string[], stopReason = 'end_turn') {
  return (response: ServerResponse) => {
    const send = sse(response)
    send(
      {
        type: 'message_start',
        message: {
          id: 'm1',
          type: 'message',
          role: 'assistant',
          model: 'fake',
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { input_tokens: 9, output_tokens: 1 },
        },
      },
      'message_start',
    )
    send({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }, 'content_block_start')
    for (const text of pieces)
      send({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }, 'content_block_delta')
    send({ type: 'content_block_stop', index: 0 }, 'content_block_stop')
    send(
      { type: 'message_delta', delta: { stop_reason: stopReason, stop_sequence: null }, usage: { output_tokens: 4 } },
      'message_delta',
    )
    send({ type: 'message_stop' }, 'message_stop')
    response.end()
  }
}
