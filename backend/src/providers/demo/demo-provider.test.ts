import { setImmediate as nextTurn } from 'node:timers/promises'
import { findTemplate } from '@millrace/shared/templates/index'
import type { ModelRequest } from '@millrace/temporal/ports'
import fc from 'fast-check'
import { Liquid } from 'liquidjs'
import { describe, expect, it } from 'vitest'
import { createDemoProvider } from './demo-provider.ts'
import { tokensOf } from './demo-tokens.ts'

const provider = createDemoProvider()

function ask(user: string, changes: Partial<ModelRequest> = {}): ModelRequest {
  return {
    owner: { workspaceId: 'w1', userId: 'u1' },
    provider: 'demo',
    model: 'demo-writer',
    system: '',
    user,
    temperature: 0.7,
    maxTokens: 400,
    demo: { tokensPerSecond: 5000 },
    attempt: 1,
    idempotencyKey: 'run-1/n1',
    signal: new AbortController().signal,
    onText: () => {},
    ...changes,
  }
}

describe('demo tokens', () => {
  it('joined are the text again, and none splits a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        const tokens = tokensOf(text)
        expect(tokens.join('')).toBe(text)
        expect(tokens.every((token) => token.isWellFormed())).toBe(true)
      }),
    )
  })
})

describe('demo-writer', () => {
  it('uses topic, audience and tone, given as lines or in a sentence', async () => {
    const lines = await provider.generate(ask('Topic: the new car park\nAudience: all tenants\nTone: formal'))
    expect(lines.text).toMatch(/new car park/)
    expect(lines.text).toContain('Dear all tenants,')
    const prose = await provider.generate(
      ask('Write a notice about the summer party for our neighbours in a friendly tone.'),
    )
    expect(prose.text).toMatch(/the summer party/i)
    expect(prose.text).toContain('Hello neighbours,')
  })

  it('takes feedback visibly into account', async () => {
    const before = await provider.generate(ask('Topic: a power cut on Monday\nTone: formal'))
    const feedback = 'Friendlier and shorter, please, and mention the emergency number.'
    const after = await provider.generate(ask(`Topic: a power cut on Monday\nTone: formal\nFeedback: ${feedback}`))
    expect(after.text.length).toBeLessThan(before.text.length)
    expect(after.text).toContain('The emergency number.')
    expect(after.text).toMatch(/Hello all,[\s\S]*Changed in this version: Friendlier and shorter/)
  })

  it('rewrites the draft of the review desk by its feedback', async () => {
    const template = findTemplate('review-desk')
    const config = template?.definition.nodes.find(({ type }) => type === 'llm')?.config ?? {}
    const liquid = new Liquid()
    const scope = { start: template?.sampleInput }
    const draftOf = async (more: object) =>
      (
        await provider.generate(
          ask(String(await liquid.parseAndRender(String(config['user']), { ...scope, ...more })), {
            demo: { tokens: 330, tokensPerSecond: 5000 },
          }),
        )
      ).text
    const draft = await draftOf({})
    expect(draft).toContain('The canteen opens an hour earlier from Monday')
    expect(draft).toContain('Hello all staff,')
    const redone = await draftOf({
      draft: { text: draft },
      approve: { text: 'Shorter, more formal, and mention the tea bar.' },
    })
    expect(redone).toContain('Dear all staff,')
    expect(redone).toContain('- The tea bar.')
    expect(redone).toContain('Changed in this version: Shorter, more formal, and mention the tea bar.')
    expect(redone.length).toBeLessThan(draft.length * 0.75)
  })

  it('writes the same under the same key in every attempt, and varies with the key', async () => {
    const user = 'Topic: the harbour\nTone: friendly'
    const first = await provider.generate(ask(user))
    expect((await provider.generate(ask(user, { attempt: 3 }))).text).toBe(first.text)
    const others = await Promise.all(
      ['a', 'b', 'c', 'd'].map((idempotencyKey) => provider.generate(ask(user, { idempotencyKey }))),
    )
    expect(new Set([first.text, ...others.map(({ text }) => text)]).size).toBeGreaterThan(1)
  })

  it('streams what it returns, counts tokens, and stops at maxTokens', async () => {
    const pieces: [string, number][] = []
    const result = await provider.generate(
      ask('Topic: tides', { maxTokens: 25, onText: (text, tokens) => void pieces.push([text, tokens]) }),
    )
    expect(pieces.map(([text]) => text).join('')).toBe(result.text)
    expect(pieces.reduce((sum, [, tokens]) => sum + tokens, 0)).toBe(25)
    expect(result).toMatchObject({ finishReason: 'length', usage: { outputTokens: 25 } })
    expect(result.usage.inputTokens).toBeGreaterThan(0)
  })

  it.each([60, 150, 330, 1000, 5000])(
    'writes about %i tokens when it is set to, in whole sentences',
    async (tokens) => {
      const result = await provider.generate(
        ask('Topic: tides', { maxTokens: 20_000, demo: { tokensPerSecond: 5000, tokens } }),
      )
      expect(result.finishReason).toBe('stop')
      expect(result.usage.outputTokens).toBeLessThanOrEqual(tokens)
      expect(result.usage.outputTokens).toBeGreaterThan(tokens - 60)
      expect(result.text).toMatch(/regards$|soon$|sincerely$/)
      const lines = result.text.split('\n').filter(Boolean)
      expect(new Set(lines).size).toBe(lines.length)
    },
  )

  it('keeps its speed and stalls where it is told to', async () => {
    const startedAt = performance.now()
    let stalledMs = 0
    let last = startedAt
    await provider.generate(
      ask('Topic: tides', {
        maxTokens: 50,
        demo: { tokensPerSecond: 500, stallAfterTokens: 20, stallMs: 150 },
        onText: () => {
          stalledMs = Math.max(stalledMs, performance.now() - last)
          last = performance.now()
        },
      }),
    )
    expect(stalledMs).toBeGreaterThanOrEqual(145)
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(240)
  })

  it('fails the first attempts after some tokens, then succeeds', async () => {
    const demo = { tokensPerSecond: 5000, failAfterTokens: 7, failAttempts: 2 }
    for (const attempt of [1, 2]) {
      let tokens = 0
      const failing = provider.generate(
        ask('Topic: tides', { attempt, demo, onText: (_, count) => void (tokens += count) }),
      )
      await expect(failing).rejects.toMatchObject({
        code: 'PROVIDER_UNAVAILABLE',
        details: { attempt, afterTokens: 7 },
      })
      expect(tokens).toBe(7)
    }
    await expect(provider.generate(ask('Topic: tides', { attempt: 3, demo }))).resolves.toMatchObject({
      finishReason: 'stop',
    })
  })

  it('ends at once with the reason of the signal', async () => {
    const stop = new AbortController()
    const reason = new Error('cancelled by a person')
    const running = provider.generate(
      ask('Topic: tides', { signal: stop.signal, demo: { tokensPerSecond: 1, stallMs: 60_000, stallAfterTokens: 1 } }),
    )
    const outcome = expect(running).rejects.toBe(reason)
    await nextTurn()
    stop.abort(reason)
    await outcome
  })

  it('refuses a set-up out of bounds', async () => {
    await expect(provider.generate(ask('x', { demo: { tokensPerSecond: -1 } }))).rejects.toMatchObject({
      code: 'NODE_CONFIG_INVALID',
    })
  })
})

describe('demo answers', () => {
  const sources = [
    '[1] Delivery terms: Orders arrive within 5 working days. Delivery is free above 400 euros.',
    'Pallets are set down at the kerb.',
    '[2] Opening hours: We open at 9 in the morning. On Sundays the showroom is closed.',
  ].join('\n')

  it.each(['demo-writer', 'demo-extract'])('%s quotes the sentence that answers, with its number', async (model) => {
    const delivery = await provider.generate(
      ask(`Use the sources.\n\n${sources}\n\nQuestion: From which amount is delivery free?`, { model }),
    )
    expect(delivery.text).toBe('Delivery is free above 400 euros [1].')
    const hours = await provider.generate(ask(`${sources}\n\nQuestion: Are you closed on Sunday?`, { model }))
    expect(hours.text).toContain('On Sundays the showroom is closed [2].')
  })

  it('says so when the sources have no answer', async () => {
    const result = await provider.generate(ask(`${sources}\n\nQuestion: Zebra?`))
    expect(result.text).toContain('The sources say nothing about this')
  })

  it('keeps to a schema and chooses what the text speaks of', async () => {
    const outputSchema = {
      type: 'object',
      properties: {
        category: { enum: ['billing', 'technical', 'other'] },
        urgency: { type: 'integer', minimum: 1, maximum: 5 },
        summary: { type: 'string', minLength: 5, maxLength: 60 },
        tags: { type: 'array', items: { $ref: '#/$defs/tag' }, minItems: 1, maxItems: 3 },
      },
      required: ['category', 'urgency', 'summary', 'tags'],
      additionalProperties: false,
      $defs: { tag: { type: 'string', maxLength: 20 } },
    }
    const result = await provider.generate(
      ask('Sort this ticket: I was charged twice, please refund the invoice.', { outputSchema }),
    )
    expect(result.object).toMatchObject({ category: 'billing', summary: expect.stringContaining('charged twice') })
    expect(JSON.parse(result.text)).toEqual(result.object)
  })

  it('reports JSON that maxTokens cut off', async () => {
    const outputSchema = { type: 'object', properties: { summary: { type: 'string' } }, required: ['summary'] }
    await expect(provider.generate(ask('x', { outputSchema, maxTokens: 2 }))).rejects.toMatchObject({
      code: 'MODEL_OUTPUT_INVALID',
    })
  })
})
