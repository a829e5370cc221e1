import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { AppError, errorCodeOf } from '@millrace/shared/errors/app-error'
import { embedMany } from 'ai'
import { providerFailure } from '../../providers/provider-failure.ts'
import { type Embedding, normalized } from './embedding.ts'

export interface OpenaiEmbeddingSettings {
  baseUrl: string
  /** Null: a local server without keys. */
  apiKey: string | null
  model: string
  dimensions: number
}

const provider = 'openai-compatible'
const callTimeoutMs = 60_000

/** Embeddings of an OpenAI-compatible server. One attempt per batch: retrying belongs to Temporal alone. */
export function createOpenaiEmbedding(
  settings: OpenaiEmbeddingSettings,
  /** The way out, see `model-fetch.ts`. */
  fetch: typeof globalThis.fetch,
): Embedding {
  globalThis.AI_SDK_LOG_WARNINGS = false
  const server = createOpenAICompatible({
    name: provider,
    baseURL: settings.baseUrl.replace(/\/+$/, ''),
    ...(settings.apiKey === null ? {} : { apiKey: settings.apiKey }),
    fetch,
  })
  const model = server.embeddingModel(settings.model)
  return {
    name: `${settings.model}-${settings.dimensions}`,
    dimensions: settings.dimensions,
    batchSize: 64,
    async embed(values, signal) {
      const vectors = await call(async () => {
        const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(callTimeoutMs)])
        const { embeddings } = await embedMany({ model, values, maxRetries: 0, abortSignal })
        return embeddings
      })
      if (vectors.length !== values.length || vectors.some((vector) => vector.length !== settings.dimensions)) {
        throw new AppError(
          'PROVIDER_REJECTED',
          { provider, expected: settings.dimensions, received: vectors[0]?.length ?? 0 },
          {
            message: `The embedding model gives vectors of length ${vectors[0]?.length ?? 0}, but ${settings.dimensions} is set.`,
          },
        )
      }
      return vectors.map(normalized)

      async function call<Result>(work: () => Promise<Result>): Promise<Result> {
        try {
          return await work()
        } catch (error) {
          signal.throwIfAborted()
          if (errorCodeOf(error) !== null) throw error
          throw providerFailure(provider, error, settings.apiKey ?? '')
        }
      }
    },
  }
}
