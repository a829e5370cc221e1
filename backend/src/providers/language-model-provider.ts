import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { AppError, errorCodeOf } from '@millrace/shared/errors/app-error'
import type { ModelRequest, ModelResult } from '@millrace/temporal/ports'
import { jsonSchema, type LanguageModel, Output, streamText } from 'ai'
import type { CredentialReader, OpenCredential } from './credential-reader.ts'
import { answerCheckOf } from './json-answer.ts'
import type { ModelProvider } from './model-provider.ts'
import { openaiRequestBody } from './openai-request-body.ts'
import { PassageMask } from './passage-mask.ts'
import { answerBrokeOff, providerFailure } from './provider-failure.ts'

type HostedProvider = Exclude<ModelRequest['provider'], 'demo'>

export interface HostedProviderOptions {
  credentials: CredentialReader
  /** The way out, see `model-fetch.ts`: it decides which addresses may be called. */
  fetch: typeof globalThis.fetch
}

const publicBaseUrls: Record<HostedProvider, string> = {
  'openai-compatible': 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com/v1',
}

/** Characters per token, roughly; providers tell the exact number only at the end. */
const charactersPerToken = 4

/** Models behind an HTTP API, by the AI SDK. One attempt: retrying belongs to Temporal alone. */
export function createHostedProvider(provider: HostedProvider, options: HostedProviderOptions): ModelProvider {
  // The SDK's warnings go to the console, which is not ours to write to.
  globalThis.AI_SDK_LOG_WARNINGS = false
  return {
    async generate(request) {
      const check = request.outputSchema === undefined ? null : answerCheckOf(request.outputSchema)
      const credential = await openCredential(provider, options.credentials, request)
      const baseUrl = (credential.baseUrl ?? publicBaseUrls[provider]).replace(/\/+$/, '')
      await request.onAsked?.(new URL(baseUrl).host)
      try {
        const model = modelOf(provider, request.model, {
          apiKey: credential.apiKey,
          baseURL: baseUrl,
          fetch: options.fetch,
        })
        const result = await stream(provider, model, request, credential.apiKey)
        return check === null ? result : { ...result, object: check(result.text) }
      } catch (error) {
        // Cancelled, timed out or shutting down: the reason says which.
        request.signal.throwIfAborted()
        if (errorCodeOf(error) !== null || error instanceof CallbackFailure)
          throw error instanceof CallbackFailure ? error.cause : error
        throw providerFailure(provider, error, credential.apiKey)
      }
    },
  }
}

async function openCredential(
  provider: HostedProvider,
  credentials: CredentialReader,
  request: ModelRequest,
): Promise<OpenCredential> {
  if (request.credentialId === undefined) {
    throw new AppError(
      'CREDENTIAL_NOT_FOUND',
      { provider },
      { message: 'This step needs a credential: choose one in its set-up.' },
    )
  }
  const credential = await credentials.read(request.owner.workspaceId, request.credentialId)
  if (credential.provider === provider) return credential
  throw new AppError(
    'PROVIDER_REJECTED',
    { provider },
    { message: 'The chosen credential belongs to another provider.' },
  )
}

function modelOf(
  provider: HostedProvider,
  model: string,
  settings: { apiKey: string; baseURL: string; fetch: typeof globalThis.fetch },
): LanguageModel {
  if (provider === 'anthropic') return createAnthropic(settings)(model)
  const transformRequestBody = openaiRequestBody(settings.baseURL)
  return createOpenAICompatible({
    ...settings,
    name: 'openai-compatible',
    includeUsage: true,
    supportsStructuredOutputs: true,
    transformRequestBody,
  })(model)
}

/** A failure of our own callback, told apart from the provider's. */
class CallbackFailure extends Error {
  override readonly name = 'CallbackFailure'
}

/** A gateway that repeats the key must not bring it into the run's state, which is stored before events are masked. */
async function stream(
  provider: HostedProvider,
  model: LanguageModel,
  request: ModelRequest,
  secret: string,
): Promise<ModelResult> {
  const mask = new PassageMask(secret)
  const startedAt = performance.now()
  let firstTokenMs: number | null = null
  let text = ''
  const answer = streamText({
    model,
    ...(request.system.trim() === '' ? {} : { instructions: request.system }),
    prompt: request.user,
    temperature: request.temperature,
    maxOutputTokens: request.maxTokens,
    maxRetries: 0,
    abortSignal: request.signal,
    headers: { 'idempotency-key': request.idempotencyKey },
    ...(request.outputSchema === undefined
      ? {}
      : { output: Output.object({ schema: jsonSchema(request.outputSchema) }) }),
    // Strict mode knows only a part of JSON Schema; the answer is checked here in any case.
    providerOptions: { 'openai-compatible': { strictJsonSchema: false } },
    // Errors arrive as parts of the stream; the default writes them to the console.
    onError: () => {},
  })
  for await (const part of answer.fullStream) {
    if (part.type === 'error') throw part.error
    if (part.type === 'abort') request.signal.throwIfAborted()
    if (part.type === 'text-delta' && part.text !== '') {
      firstTokenMs ??= Math.round(performance.now() - startedAt)
      text += await handOn(request, mask.take(part.text))
    }
    if (part.type === 'finish') {
      if (isBrokenOff(part.finishReason, part.rawFinishReason)) throw answerBrokeOff(provider)
      text += await handOn(request, mask.end())
      const { inputTokens = 0, outputTokens = 0 } = part.totalUsage
      return {
        text,
        usage: { inputTokens, outputTokens },
        finishReason: part.finishReason,
        firstTokenMs,
      }
    }
  }
  throw answerBrokeOff(provider)
}

/** A stream that ends politely without a word of the model on why it stopped is only half an answer. */
function isBrokenOff(finishReason: string, rawFinishReason: string | undefined): boolean {
  return (
    finishReason === 'interrupted' ||
    finishReason === 'error' ||
    (finishReason === 'other' && rawFinishReason === undefined)
  )
}

/** Answers what it handed on. */
async function handOn(request: ModelRequest, text: string): Promise<string> {
  if (text === '') return text
  try {
    await request.onText(text, Math.max(1, Math.round(text.length / charactersPerToken)))
    return text
  } catch (cause) {
    throw new CallbackFailure('The reader of the text failed.', { cause })
  }
}
