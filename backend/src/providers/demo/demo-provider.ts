import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '@millrace/shared/errors/app-error'
import type { ModelRequest, ModelResult } from '@millrace/temporal/ports'
import { answerCheckOf } from '../json-answer.ts'
import type { ModelProvider } from '../model-provider.ts'
import { composeAnswer } from './compose-answer.ts'
import { type DemoSettings, parseDemoSettings } from './demo-settings.ts'
import { tokensOf } from './demo-tokens.ts'

/** Pieces of text per second at most: a faster model sends several tokens in one piece. */
const piecesPerSecondMax = 100

/**
 * A model that needs no key: deterministic text at a chosen speed, with stalls and failures on demand.
 * It lets everything be tried offline and is what tests stream.
 */
export function createDemoProvider(): ModelProvider {
  return {
    async generate(request) {
      const settings = readSettings(request)
      const wanted = tokensOf(composeAnswer({ ...request, wantedTokens: settings.tokens }))
      const tokens = wanted.slice(0, request.maxTokens)
      const failAt =
        request.attempt <= settings.failAttempts ? Math.min(settings.failAfterTokens ?? 0, tokens.length) : null
      const startedAt = performance.now()
      let firstTokenMs: number | null = null
      for await (const piece of paced(failAt === null ? tokens : tokens.slice(0, failAt), settings, request.signal)) {
        firstTokenMs ??= Math.round(performance.now() - startedAt)
        await request.onText(piece.join(''), piece.length)
      }
      request.signal.throwIfAborted()
      if (failAt !== null) throw failureOnDemand(request, failAt)
      const text = tokens.join('')
      return resultOf(request, { text, tokens, firstTokenMs, isCut: tokens.length < wanted.length })
    },
  }
}

function readSettings(request: ModelRequest): DemoSettings {
  try {
    return parseDemoSettings(request.demo)
  } catch (cause) {
    throw new AppError(
      'NODE_CONFIG_INVALID',
      { field: 'demo' },
      { message: 'The demo behaviour has values out of bounds.', cause },
    )
  }
}

/** Pieces in time: each waits for its turn by the clock since the start, so that pauses of the reader are not added up. */
async function* paced(tokens: string[], settings: DemoSettings, signal: AbortSignal): AsyncGenerator<string[]> {
  const pieceTokens = Math.max(1, Math.ceil(settings.tokensPerSecond / piecesPerSecondMax))
  let dueAt = performance.now()
  for (let start = 0; start < tokens.length; ) {
    const stallAt = settings.stallAfterTokens ?? Number.POSITIVE_INFINITY
    if (start === stallAt) dueAt = performance.now() + settings.stallMs
    // A piece never goes across the place of the stall.
    const end = Math.min(start + pieceTokens, start < stallAt ? stallAt : tokens.length, tokens.length)
    dueAt = Math.max(dueAt + ((end - start) / settings.tokensPerSecond) * 1000, performance.now() - 50)
    const waitMs = dueAt - performance.now()
    if (waitMs > 0) await wait(waitMs, signal)
    signal.throwIfAborted()
    yield tokens.slice(start, end)
    start = end
  }
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal })
  } catch (error) {
    // The reason says whether it was a cancellation, a timeout or a shutdown; Node wraps it.
    signal.throwIfAborted()
    throw error
  }
}

function failureOnDemand(request: ModelRequest, afterTokens: number): AppError {
  return new AppError(
    'PROVIDER_UNAVAILABLE',
    { provider: 'demo', attempt: request.attempt, afterTokens },
    {
      message: `The demo model broke off after ${afterTokens} tokens, as it was set up to do in attempt ${request.attempt}.`,
    },
  )
}

interface Written {
  text: string
  tokens: string[]
  firstTokenMs: number | null
  isCut: boolean
}

function resultOf(request: ModelRequest, { text, tokens, firstTokenMs, isCut }: Written): ModelResult {
  const usage = {
    inputTokens: tokensOf(request.system).length + tokensOf(request.user).length,
    outputTokens: tokens.length,
  }
  const result: ModelResult = { text, usage, finishReason: isCut ? 'length' : 'stop', firstTokenMs }
  return request.outputSchema === undefined ? result : { ...result, object: answerCheckOf(request.outputSchema)(text) }
}
