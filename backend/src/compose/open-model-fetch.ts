import type { Config } from '../config.ts'
import type { AddressPolicy } from '../providers/guarded-connector.ts'
import { hostAndPortOf } from '../providers/model-addresses.ts'
import { createModelFetch } from '../providers/model-fetch.ts'
import type { Closers } from './closers.ts'

export interface ModelAccess {
  /** Which addresses credentials may name. */
  addresses: AddressPolicy
  /** The way to what they name. */
  fetch: typeof globalThis.fetch
  /** The way to the embeddings, whose address is the operator's own word and is allowed by it; to no other. */
  embeddingFetch: typeof globalThis.fetch
}

export function openModelFetch(
  { nodes, embeddings }: Pick<Config, 'nodes' | 'embeddings'>,
  closers: Closers,
): ModelAccess {
  const addresses = { allowPrivateAddresses: nodes.allowPrivateAddresses, allowedHosts: nodes.modelHosts }
  const models = createModelFetch(addresses)
  closers.push('model connections', () => models.close())
  if (embeddings === null) return { addresses, fetch: models.fetch, embeddingFetch: models.fetch }
  const own = hostAndPortOf(new URL(embeddings.baseUrl))
  const forEmbeddings = createModelFetch({ ...addresses, allowedHosts: [...nodes.modelHosts, own] })
  closers.push('embedding connections', () => forEmbeddings.close())
  return { addresses, fetch: models.fetch, embeddingFetch: forEmbeddings.fetch }
}
