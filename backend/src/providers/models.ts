import { AppError } from '@millrace/shared/errors/app-error'
import type { ModelPort, ModelRequest } from '@millrace/temporal/ports'
import { createDemoProvider } from './demo/demo-provider.ts'
import type { ModelProvider } from './model-provider.ts'

export type ModelProviders = Record<ModelRequest['provider'], ModelProvider>

/** The one door to language models: hands a request to the provider it names. */
export function createModels(providers: Partial<ModelProviders> = {}): ModelPort {
  const known: Partial<ModelProviders> = { demo: createDemoProvider(), ...providers }
  return {
    async generate(request) {
      const provider = known[request.provider]
      if (provider === undefined)
        throw new AppError(
          'PROVIDER_REJECTED',
          { provider: request.provider },
          { message: 'This model provider is not set up.' },
        )
      request.signal.throwIfAborted()
      return provider.generate(request)
    },
  }
}
