import { AppError } from '@millrace/shared/errors/app-error'
import { describe, expect, it } from 'vitest'
import { createMemoryPorts, type PortBehaviour } from '../../test/harness/memory-ports.ts'
import type { HttpNodeRequest } from '../ports.ts'
import { http } from './http.ts'
import { knowledgeSearch } from './knowledge-search.ts'
import { llm } from './llm.ts'
import type { EffectContext } from './node-executor.ts'
import { parseRetryAfterMs } from './retry-after.ts'
import { isSuccessCode } from './success-codes.ts'

function contextOf(behaviour: PortBehaviour = {}): EffectContext & { text: string[]; lines: string[] } {
  const text: string[] = []
  const lines: string[] = []
  return {
    text,
    lines,
    owner: { workspaceId: 'w1', userId: 'u1' },
    executionId: 'e1',
    nodePath: 'n',
    tryNumber: 1,
    idempotencyKey: 'e1/n',
    signal: new AbortController().signal,
    ports: createMemoryPorts(behaviour),
    emitText: async (piece) => void text.push(piece),
    log: async (level, message) => void lines.push(`${level} ${message.replace(/[\d.]+ ms/, 'a while')}`),
    progress: async () => undefined,
  }
}

describe('http', () => {
  const call = async (config: Record<string, string>, status: number, headers: Record<string, string> = {}) =>
    http(
      { url: 'https://example.test', ...config },
      contextOf({ respond: () => ({ status, headers, body: { a: 1 } }) }),
    )

  it('gives status, body and headers', async () => {
    expect((await call({}, 200)).output).toEqual({ status: 200, body: { a: 1 }, headers: {} })
  })

  it.each([
    [404, false],
    [400, false],
    [429, true],
    [408, true],
    [500, true],
    [503, true],
  ])('status %i is worth another try: %s', async (status, isRetryable) => {
    await expect(call({}, status)).rejects.toMatchObject({ code: 'HTTP_STATUS', isRetryable, details: { status } })
  })

  it('counts what the builder lists as a success', async () => {
    expect((await call({ successCodes: '200-299, 404' }, 404)).output).toMatchObject({ status: 404 })
  })

  it('says how long the other side asks to wait', async () => {
    await expect(call({}, 429, { 'retry-after': '7' })).rejects.toMatchObject({ retryAfterMs: 7000 })
  })

  it('sends an idempotency key where repeating could do harm', async () => {
    const sent: HttpNodeRequest[] = []
    const context = contextOf()
    const request = context.ports.http.request.bind(context.ports.http)
    context.ports.http.request = async (one) => {
      sent.push(one)
      return request(one)
    }
    await http({ url: 'https://example.test', method: 'GET' }, context)
    await http({ url: 'https://example.test', method: 'POST' }, context)
    await http(
      { url: 'https://example.test', method: 'POST', headers: [{ name: 'idempotency-key', value: 'own' }] },
      context,
    )
    expect(sent.map(({ headers }) => headers)).toEqual([
      [],
      [{ name: 'Idempotency-Key', value: 'e1/n' }],
      [{ name: 'idempotency-key', value: 'own' }],
    ])
  })

  it('refuses a set-up that rendering made invalid', async () => {
    await expect(call({ url: '' }, 200)).rejects.toMatchObject({ code: 'NODE_CONFIG_INVALID' })
  })
})

describe('llm', () => {
  it('streams and gives the whole text with its usage', async () => {
    const context = contextOf()
    const { output, metadata } = await llm({ user: 'one two' }, context)
    expect(context.text).toEqual(['one ', 'two'])
    expect(output).toEqual({ text: 'one two', usage: { inputTokens: 1, outputTokens: 1 } })
    expect(metadata).toMatchObject({ finishReason: 'stop' })
  })
})

describe('knowledge search', () => {
  it('numbers its sources', async () => {
    const { output } = await knowledgeSearch({ knowledgeBaseId: 'kb1', query: 'mills' }, contextOf())
    expect(output).toMatchObject({
      text: '[1] Handbook.md: About mills.',
      count: 1,
      items: [{ documentName: 'Handbook.md' }],
    })
  })
})

describe('header and code lists', () => {
  it('reads seconds and dates of Retry-After', () => {
    expect(parseRetryAfterMs('3', 0)).toBe(3000)
    expect(parseRetryAfterMs('Thu, 01 Jan 1970 00:00:10 GMT', 4000)).toBe(6000)
    expect(parseRetryAfterMs('soon', 0)).toBeUndefined()
  })

  it('reads single codes and ranges', () => {
    expect([199, 200, 299, 300, 404].map((status) => isSuccessCode('200-299, 404', status))).toEqual([
      false,
      true,
      true,
      false,
      true,
    ])
  })
})

describe('what executors say', () => {
  const secretUrl = 'https://hooks.example.test/services/T0KEN?key=s3cr3t'

  it('names method, host, status and sizes of a call, and asks for attention where it failed', async () => {
    const context = contextOf({
      respond: () => ({ status: 429, statusText: 'Too Many', headers: { 'retry-after': '7' } }),
    })
    await http({ url: secretUrl, method: 'POST', body: '{"a":1}' }, context).catch(() => undefined)
    expect(context.lines).toEqual([
      'info POST https://hooks.example.test, sends 7 bytes',
      'warn 429 Too Many after a while, 0 bytes',
      'warn The other side asks to wait 7.0 s',
    ])
  })

  it('tells how far a large body has come', async () => {
    const told: unknown[] = []
    const context = { ...contextOf(), progress: async (...words: unknown[]) => void told.push(words) }
    context.ports.http.request = async ({ onProgress }) => {
      await onProgress?.(500_000, 2_000_000)
      await onProgress?.(900, null)
      return { status: 200, statusText: 'OK', headers: {}, body: null, bytes: 2_000_000 }
    }
    await http({ url: secretUrl }, context)
    expect(told).toEqual([
      [25, '500.0 KB of 2.0 MB'],
      [undefined, '900 bytes'],
    ])
  })

  it('counts the tokens of a model, and warns of an answer that is cut', async () => {
    const context = contextOf({
      generate: async ({ onText }) => {
        await onText('Hello', 1)
        const usage = { inputTokens: 9, outputTokens: 1 }
        return { text: 'Hello', usage, finishReason: 'length', firstTokenMs: 12 }
      },
    })
    await llm({ user: 'Say hello.', maxTokens: 1 }, context)
    expect(context.lines).toEqual([
      'info Asks the built-in demo-writer, prompt of 10 characters, at most 1 token',
      'debug First words after a while',
      'info Answered: 9 tokens in, 1 out, the first after a while',
      'warn The answer is cut: it may have 1 token at most',
    ])
  })

  it('says what of an answer does not fit its schema', async () => {
    const context = contextOf({
      generate: async () => {
        throw new AppError('MODEL_OUTPUT_INVALID', { problems: [{ path: 'mood', message: 'Invalid option' }] })
      },
    })
    await expect(llm({ user: 'x', outputSchema: { type: 'object' } }, context)).rejects.toMatchObject({
      code: 'MODEL_OUTPUT_INVALID',
    })
    expect(context.lines.at(-1)).toBe('error The answer does not fit the schema: mood: Invalid option')
  })

  it('counts passages and names the best score, or warns that there is none', async () => {
    const context = contextOf()
    await knowledgeSearch({ knowledgeBaseId: 'kb', query: 'leave' }, context)
    context.ports.knowledge.search = async () => []
    await knowledgeSearch({ knowledgeBaseId: 'kb', query: 'leave', mode: 'text', minScore: 0.4 }, context)
    expect(context.lines).toEqual([
      'info Searches by words and meaning: at most 5 passages',
      'info Found 1 passage in a while, the best scores 0.90',
      'info Searches by words: at most 5 passages',
      'warn Found no passage that scores 0.4 or more in a while',
    ])
  })
})
