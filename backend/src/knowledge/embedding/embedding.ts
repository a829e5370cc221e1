/** Turns texts into vectors that can be compared by cosine. */
export interface Embedding {
  /** Stored with each knowledge base: vectors of different embeddings cannot be compared. */
  readonly name: string
  readonly dimensions: number
  /** Passages per call. */
  readonly batchSize: number
  /** One vector per text, of length 1. Throws AppError PROVIDER_UNAVAILABLE, PROVIDER_REJECTED, or the signal's reason. */
  embed(texts: string[], signal: AbortSignal): Promise<number[][]>
}

/** Scaled to length 1, so that the dot product is the cosine. A zero vector stays as it is. */
export function normalized(vector: ArrayLike<number>): number[] {
  const values = Array.from(vector)
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
  return length === 0 ? values : values.map((value) => value / length)
}
