import { AppError } from '@millrace/shared/errors/app-error'
import type { ModelPort, ModelRequest } from '@millrace/temporal/ports'
import { createDemoProvider } from './demo/demo-provider.ts'
import { createHostedProvider, type HostedProviderOptions } from './language-model-provider.ts'
import type { ModelProvider } from './model-provider.ts'

/** The one door to language models: hands a request to the provider it names. Without credentials only the demo can be asked. */
export function createModels(options?: HostedProviderOptions): ModelPort {
  const providers: Partial<Record<ModelRequest['provider'], ModelProvider>> = { demo: createDemoProvider() }
  if (options !== undefined) {
    providers['openai-compatible'] = createHostedProvider('openai-compatible', options)
    providers.anthropic = createHostedProvider('anthropic', options)
  }
  return {
    async generate(request) {
      const provider = providers[request.provider]
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
