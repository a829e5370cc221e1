import type { ModelRequest, ModelResult } from '@millrace/temporal/ports'

/** One way to reach models. Makes one attempt; throws the AppErrors that ModelPort names, or the signal's reason. */
export interface ModelProvider {
  generate(request: ModelRequest): Promise<ModelResult>
}
