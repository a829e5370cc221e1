import { describe, expect, it } from 'vitest'
import { createMemoryPorts, type PortBehaviour } from '../../test/harness/memory-ports.ts'
import type { HttpNodeRequest } from '../ports.ts'
import { http } from './http.ts'
import { knowledgeSearch } from './knowledge-search.ts'
import { llm } from './llm.ts'
import type { EffectContext } from './node-executor.ts'
import { parseRetryAfterMs } from './retry-after.ts'
import { isSuccessCode } from './success-codes.ts'

function contextOf(behaviour: PortBehaviour = {}): EffectContext & { text: string[] } {
  const text: string[] = []
  return {
    text,
    owner: { workspaceId: 'w1', userId: 'u1' },
    executionId: 'e1',
    nodePath: 'n',
    tryNumber: 1,
    idempotencyKey: 'e1/n',
    signal: new AbortController().signal,
    ports: createMemoryPorts(behaviour),
    emitText: async (piece) => void text.push(piece),
    log: async () => undefined,
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
