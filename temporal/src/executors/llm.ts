import { AppError, errorCodeOf } from '@millrace/shared/errors/app-error'
import type { Json, JsonObject } from '@millrace/shared/json'
import { llm as definition } from '@millrace/shared/nodes/llm'
import type { ModelRequest, ModelResult } from '../ports.ts'
import { countText, durationText } from './amounts.ts'
import type { EffectContext, NodeExecutor } from './node-executor.ts'
import { parseConfig } from './parse-config.ts'

/** Asks a model and streams what it writes. */
export const llm: NodeExecutor = async (rendered, context) => {
  const config = parseConfig(definition, rendered)
  const asking = `${config.model}, prompt of ${countText(config.system.length + config.user.length, 'character')}, at most ${countText(config.maxTokens, 'token')}`
  if (config.provider === 'demo') await context.log('info', `Asks the built-in ${asking}`)
  let hasText = false
  const startedAt = performance.now()
  const request: ModelRequest = {
    owner: context.owner,
    provider: config.provider,
    model: config.model,
    ...(config.credentialId === undefined ? {} : { credentialId: config.credentialId }),
    system: config.system,
    user: config.user,
    temperature: config.temperature,
    maxTokens: config.maxTokens,
    ...(config.outputSchema === undefined ? {} : { outputSchema: config.outputSchema as JsonObject }),
    ...(config.demo === undefined ? {} : { demo: withoutUndefined(config.demo) }),
    attempt: context.tryNumber,
    idempotencyKey: context.idempotencyKey,
    signal: context.signal,
    onAsked: (host) => context.log('info', `Asks ${host} for ${asking}`),
    async onText(text, tokens) {
      if (!hasText) {
        hasText = true
        await context.log('debug', `First words after ${durationText(performance.now() - startedAt)}`)
      }
      await context.emitText(text, tokens)
    },
  }
  const result = await generate(request, context)
  await tellAnswer(result, config.maxTokens, context)
  return {
    output: {
      text: result.text,
      ...(result.object === undefined ? {} : { object: result.object }),
      usage: { ...result.usage },
    },
    metadata: {
      model: config.model,
      finishReason: result.finishReason,
      inputTokens: result.usage.inputTokens,
      outputTokens: result.usage.outputTokens,
      firstTokenMs: result.firstTokenMs,
    },
  }
}

async function generate(request: ModelRequest, { ports, log }: EffectContext): Promise<ModelResult> {
  try {
    return await ports.models.generate(request)
  } catch (error) {
    const problems = problemsOf(error)
    if (problems.length > 0) await log('error', `The answer does not fit the schema: ${problems.join('; ')}`)
    throw error
  }
}

async function tellAnswer(
  { usage, firstTokenMs, finishReason }: ModelResult,
  maxTokens: number,
  { log }: EffectContext,
): Promise<void> {
  const first = firstTokenMs === null ? '' : `, the first after ${durationText(firstTokenMs)}`
  const tokens = `${countText(usage.inputTokens, 'token')} in, ${usage.outputTokens} out`
  await log('info', `Answered: ${tokens}${first}`)
  if (finishReason === 'length')
    await log('warn', `The answer is cut: it may have ${countText(maxTokens, 'token')} at most`)
}

/** Of an answer that does not fit its schema: where, and what is wrong there. */
function problemsOf(error: unknown): string[] {
  if (errorCodeOf(error) !== 'MODEL_OUTPUT_INVALID' || !(error instanceof AppError)) return []
  const problems = error.details?.['problems']
  if (!Array.isArray(problems)) return []
  return (problems as { path?: unknown; message?: unknown }[]).map(({ path, message }) =>
    path === '' ? String(message) : `${String(path)}: ${String(message)}`,
  )
}

function withoutUndefined(fields: Record<string, Json | undefined>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, Json] => entry[1] !== undefined))
}
