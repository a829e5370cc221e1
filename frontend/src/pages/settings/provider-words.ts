import type { Credential } from '@millrace/shared/api/credentials'

/** How model providers are called in the interface. */
export const providerWords: Record<Credential['provider'], string> = {
  'openai-compatible': 'OpenAI or compatible',
  anthropic: 'Anthropic',
}
