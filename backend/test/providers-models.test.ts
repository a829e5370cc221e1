import { AppError } from '@millrace/shared/errors/app-error'
import type { ModelRequest } from '@millrace/temporal/ports'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AddressPolicy } from '../src/providers/guarded-connector.ts'
import { createModelFetch, type ModelFetch } from '../src/providers/model-fetch.ts'
import { createModels } from '../src/providers/models.ts'
import {
  anthropicAnswer,
  type FakeModelServer,
  openaiAnswer,
  sse,
  startFakeModelServer,
} from './support/fake-model-server.ts'

const secret = 'secret-key-that-must-not-be-seen'

let server: FakeModelServer
const ways: ModelFetch[] = []
beforeEach(async () => {
  server = await startFakeModelServer()
})
afterEach(async () => {
  await Promise.all(ways.splice(0).map((way) => way.close()))
  await server.close()
})

const answers = { 'openai-compatible': openaiAnswer, anthropic: anthropicAnswer } as const
const hosted = ['openai-compatible', 'anthropic'] as const

/** Reaches the server of the test by its address, unless told otherwise. */
function models({ baseUrl = server.baseUrl, ...policy }: Partial<AddressPolicy> & { baseUrl?: string } = {}) {
  const way = createModelFetch({
    allowPrivateAddresses: false,
    allowedHosts: [new URL(server.baseUrl).host],
    ...policy,
  })
  ways.push(way)
  return createModels({
    fetch: way.fetch,
    credentials: {
      async read(workspaceId, credentialId) {
        if (workspaceId !== 'w1') throw new AppError('CREDENTIAL_NOT_FOUND')
        return { provider: credentialId, apiKey: secret, baseUrl }
      },
    },
  })
}

function ask(provider: (typeof hosted)[number], changes: Partial<ModelRequest> = {}): ModelRequest {
  return {
    owner: { workspaceId: 'w1', userId: 'u1' },
    provider,
    model: 'fake',
    credentialId: provider,
    system: 'Be brief.',
    user: 'Say hello.',
    temperature: 0.3,
    maxTokens: 50,
    attempt: 1,
    idempotencyKey: 'run-1/n1',
    signal: new AbortController().signal,
    onText: () => {},
    ...changes,
  }
}

async function failureOf(running: Promise<unknown>): Promise<AppError> {
  const error = await running.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({ name: 'AppError' })
  const failure = error as AppError
  expect(JSON.stringify([failure.message, failure.details, failure.stack, String(failure.cause)])).not.toContain(secret)
  return failure
}

describe.each(hosted)('%s', (provider) => {
  it('streams in order, counts tokens, sends key, settings and idempotency key', async () => {
    server.answer(answers[provider](['Hel', 'lo ', 'there']))
    const pieces: string[] = []
    const result = await models().generate(ask(provider, { onText: (text) => void pieces.push(text) }))
    expect(pieces.join('')).toBe('Hello there')
    expect(result).toMatchObject({ text: 'Hello there', finishReason: 'stop', firstTokenMs: expect.any(Number) })
    expect(result.usage.inputTokens).toBe(provider === 'anthropic' ? 9 : 11)
    expect(result.usage.outputTokens).toBeGreaterThan(1)
    const [request] = server.seen
    expect(request?.headers['idempotency-key']).toBe('run-1/n1')
    expect(JSON.stringify(request?.headers)).toContain(secret)
    expect(request?.body).toMatchObject({ model: 'fake', max_tokens: 50, temperature: 0.3, stream: true })
    expect(JSON.stringify(request?.body)).toContain('Be brief.')
  })

  it('waits for the reader before it reads on', async () => {
    server.answer(answers[provider](['a', 'b', 'c']))
    let atWork = 0
    let atWorkMax = 0
    await models().generate(
      ask(provider, {
        async onText() {
          atWorkMax = Math.max(atWorkMax, ++atWork)
          await new Promise(setImmediate)
          atWork--
        },
      }),
    )
    expect(atWorkMax).toBe(1)
  })

  it('passes on the error of the reader as it is', async () => {
    server.answer(answers[provider](['a', 'b']))
    const refusal = new AppError('DATABASE_UNAVAILABLE')
    await expect(models().generate(ask(provider, { onText: () => Promise.reject(refusal) }))).rejects.toBe(refusal)
  })

  it.each([
    [401, 'PROVIDER_REJECTED'],
    [400, 'PROVIDER_REJECTED'],
    [404, 'PROVIDER_REJECTED'],
    [429, 'PROVIDER_UNAVAILABLE'],
    [500, 'PROVIDER_UNAVAILABLE'],
    [529, 'PROVIDER_UNAVAILABLE'],
  ])('maps status %i to %s, asks once and hides the key', async (status, code) => {
    server.answer((response) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify({
          type: 'error',
          error: { type: 'some_error', message: `Wrong key ${secret}, or sk-abcdef0123456789` },
        }),
      )
    })
    const failure = await failureOf(models().generate(ask(provider)))
    expect(failure).toMatchObject({ code, details: { provider, status } })
    expect(failure.message).not.toContain('abcdef0123456789')
    expect(server.seen).toHaveLength(1)
  })

  it('reports an answer that is cut in the middle as unavailable', async () => {
    server.answer((response) => {
      answers[provider](['Hello'])({
        writeHead: response.writeHead.bind(response),
        write: (text: string) => (text.includes('Hello') || text.includes('start') ? response.write(text) : true),
        end: () => setImmediate(() => response.destroy()),
      } as unknown as typeof response)
    })
    const pieces: string[] = []
    const failure = await failureOf(models().generate(ask(provider, { onText: (text) => void pieces.push(text) })))
    expect(failure.code).toBe('PROVIDER_UNAVAILABLE')
    expect(pieces.join('')).toBe('Hello')
  })

  it('reports a stream that ends politely but without a finish as unavailable', async () => {
    server.answer((response) => {
      answers[provider](['Hello'])({
        writeHead: response.writeHead.bind(response),
        write: (text: string) => (text.includes('Hello') || text.includes('start') ? response.write(text) : true),
        end: () => response.end(),
      } as unknown as typeof response)
    })
    expect((await failureOf(models().generate(ask(provider)))).code).toBe('PROVIDER_UNAVAILABLE')
  })

  it('reports a server that is not there as unavailable', async () => {
    await server.close()
    expect((await failureOf(models().generate(ask(provider)))).code).toBe('PROVIDER_UNAVAILABLE')
  })

  it('follows no redirect, for it would carry the key away', async () => {
    server.answer(
      (response, request) =>
        void (request.url.includes('elsewhere')
          ? response.end()
          : response.writeHead(307, { location: '/elsewhere' }).end()),
    )
    await failureOf(models().generate(ask(provider)))
    expect(server.seen).toHaveLength(1)
  })

  it.each(['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]'])(
    'never dials the private address %s that nobody named, and says which setting would name it',
    async (host) => {
      const { port } = new URL(server.baseUrl)
      const baseUrl = `http://${host}:${port}/admin/secret?x=`
      const failure = await failureOf(models({ baseUrl, allowedHosts: [] }).generate(ask(provider)))
      expect(failure.code).toBe('HTTP_ADDRESS_REFUSED')
      expect(failure.message).toContain(`MILLRACE_MODEL_HOSTS=`)
      expect(failure.message).not.toContain('admin')
      expect(server.seen).toEqual([])
    },
  )

  it('reaches a private host that is named, and no other port of it', async () => {
    server.answer(answers[provider](['Hello']))
    const { port } = new URL(server.baseUrl)
    const baseUrl = `http://localhost:${port}/v1`
    const result = await models({ baseUrl, allowedHosts: [`localhost:${port}`] }).generate(ask(provider))
    expect(result.text).toBe('Hello')
    const other = models({ baseUrl, allowedHosts: [`localhost:${Number(port) - 1}`] })
    expect((await failureOf(other.generate(ask(provider)))).code).toBe('HTTP_ADDRESS_REFUSED')
    expect(server.seen).toHaveLength(1)
  })

  it('ends with the reason of the signal and closes the connection', async () => {
    const closed = new Promise<void>((resolve) => {
      server.answer((response) => {
        response.on('close', resolve)
        answers[provider](['Hello'])({
          writeHead: response.writeHead.bind(response),
          write: (text: string) => (text.includes('Hello') || text.includes('start') ? response.write(text) : true),
          end: () => {},
        } as unknown as typeof response)
      })
    })
    const stop = new AbortController()
    const reason = new Error('cancelled by a person')
    const running = models().generate(ask(provider, { signal: stop.signal, onText: () => stop.abort(reason) }))
    await expect(running).rejects.toBe(reason)
    await closed
  })

  it('checks an answer against the schema', async () => {
    const outputSchema = {
      type: 'object',
      properties: { mood: { enum: ['good', 'bad'] } },
      required: ['mood'],
      additionalProperties: false,
    }
    server.answer(openaiOrTool(provider, '{"mood":"good"}'))
    expect((await models().generate(ask(provider, { outputSchema }))).object).toEqual({ mood: 'good' })
    server.answer(openaiOrTool(provider, '{"mood":"odd"}'))
    const failure = await failureOf(models().generate(ask(provider, { outputSchema })))
    expect(failure).toMatchObject({ code: 'MODEL_OUTPUT_INVALID', details: { problems: [{ path: 'mood' }] } })
    server.answer(openaiOrTool(provider, '{"mood":'))
    expect((await failureOf(models().generate(ask(provider, { outputSchema })))).code).toBe('MODEL_OUTPUT_INVALID')
  })

  it('refuses an unusable schema before it asks', async () => {
    const failure = await failureOf(models().generate(ask(provider, { outputSchema: { type: 'nonsense' } })))
    expect(failure.code).toBe('NODE_CONFIG_INVALID')
    expect(server.seen).toHaveLength(0)
  })

  it('needs a credential of its own kind and workspace', async () => {
    const { credentialId: _, ...without } = ask(provider)
    expect((await failureOf(models().generate(without))).code).toBe('CREDENTIAL_NOT_FOUND')
    expect(
      (await failureOf(models().generate(ask(provider, { owner: { workspaceId: 'w2', userId: 'u1' } })))).code,
    ).toBe('CREDENTIAL_NOT_FOUND')
    const other = provider === 'anthropic' ? 'openai-compatible' : 'anthropic'
    expect((await failureOf(models().generate(ask(provider, { credentialId: other })))).code).toBe('PROVIDER_REJECTED')
    expect(server.seen).toHaveLength(0)
  })
})

/** Anthropic models without native structured output answer through a tool called `json`. */
function openaiOrTool(provider: (typeof hosted)[number], json: string): Parameters<FakeModelServer['answer']>[0] {
  if (provider !== 'anthropic') return openaiAnswer([json.slice(0, 5), json.slice(5)])
  return (response) => {
    const send = sse(response)
    const message = {
      id: 'm1',
      type: 'message',
      role: 'assistant',
      model: 'fake',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 9, output_tokens: 1 },
    }
    send({ type: 'message_start', message }, 'message_start')
    send(
      { type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: 't1', name: 'json', input: {} } },
      'content_block_start',
    )
    send(
      { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: json } },
      'content_block_delta',
    )
    send({ type: 'content_block_stop', index: 0 }, 'content_block_stop')
    send(
      { type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: { output_tokens: 4 } },
      'message_delta',
    )
    send({ type: 'message_stop' }, 'message_stop')
    response.end()
  }
}
