import type { Json, JsonObject } from '@millrace/shared/json'
import { llm as definition } from '@millrace/shared/nodes/llm'
import type { NodeExecutor } from './node-executor.ts'
import { parseConfig } from './parse-config.ts'

/** Asks a model and streams what it writes. */
export const llm: NodeExecutor = async (rendered, context) => {
  const config = parseConfig(definition, rendered)
  const result = await context.ports.models.generate({
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
    onText: (text, tokens) => context.emitText(text, tokens),
  })
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

function withoutUndefined(fields: Record<string, Json | undefined>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, Json] => entry[1] !== undefined))
}
