import type { AppError } from '@millrace/shared/errors/app-error'
import type { DocumentPort, StageControl } from '../../src/ports.ts'

/** A document of ten passages whose work is stored batch by batch, so that a repeated stage goes on where it stopped. */
export class TestDocuments implements DocumentPort {
  readonly passages = 10
  /** How often each stage was begun. */
  readonly begun = { extract: 0, split: 0, embed: 0, index: 0 }
  /** Passages embedded so far; none is embedded twice. */
  embedded: number[] = []
  /** Thrown by `extract`. */
  extractFailure: AppError | null = null
  /** The first `embed` calls fail after so many passages. */
  embedFailures: { after: number; error: AppError }[] = []

  async extract(_id: string, { onProgress }: StageControl) {
    this.begun.extract += 1
    if (this.extractFailure !== null) throw this.extractFailure
    await onProgress(100, 100)
    return { characters: 1000, pages: 1 }
  }

  async split(_id: string, { onProgress }: StageControl) {
    this.begun.split += 1
    await onProgress(this.passages, this.passages)
    return { chunkCount: this.passages }
  }

  async embed(_id: string, { onProgress, signal }: StageControl) {
    this.begun.embed += 1
    const failure = this.embedFailures.shift()
    while (this.embedded.length < this.passages) {
      signal.throwIfAborted()
      if (failure !== undefined && this.embedded.length >= failure.after) throw failure.error
      this.embedded.push(this.embedded.length)
      await onProgress(this.embedded.length, this.passages)
    }
    return { chunkCount: this.passages }
  }

  async index(_id: string, { onProgress }: StageControl) {
    this.begun.index += 1
    await onProgress(1, 1)
    return { chunkCount: this.passages }
  }
}
