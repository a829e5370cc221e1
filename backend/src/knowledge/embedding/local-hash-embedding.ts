import { searchWords, stemOf } from '../search-words.ts'
import { type Embedding, normalized } from './embedding.ts'

const dimensions = 384

/** How much each kind of feature counts: whole words most, pairs of words for order, trigrams for spelling. */
const weights = { word: 1, pair: 0.4, trigram: 0.25 }

/**
 * Feature hashing of words, word pairs and character trigrams with sublinear term frequency. It knows spelling, not
 * meaning: "sofa" and "couch" are strangers to it. In exchange it needs no key, no network and no model file.
 */
export function createLocalHashEmbedding(): Embedding {
  return {
    name: `local-hash-${dimensions}`,
    dimensions,
    batchSize: 64,
    async embed(texts, signal) {
      signal.throwIfAborted()
      return texts.map(hashText)
    },
  }
}

function hashText(text: string): number[] {
  const counts = new Map<string, { count: number; weight: number }>()
  const count = (feature: string, weight: number) => {
    const entry = counts.get(feature) ?? { count: 0, weight }
    entry.count++
    counts.set(feature, entry)
  }
  let previous = ''
  for (const word of searchWords(text).map(stemOf)) {
    count(`w:${word}`, weights.word)
    if (previous !== '') count(`p:${previous} ${word}`, weights.pair)
    const padded = `^${word}$`
    for (let at = 0; at + 3 <= padded.length; at++) count(`t:${padded.slice(at, at + 3)}`, weights.trigram)
    previous = word
  }
  const vector = new Float64Array(dimensions)
  for (const [feature, entry] of counts) {
    const hash = fnv1a(feature)
    const slot = hash % dimensions
    // A sign by another bit makes collisions cancel each other on average.
    vector[slot] =
      (vector[slot] ?? 0) + ((hash & 0x80000000) === 0 ? 1 : -1) * entry.weight * (1 + Math.log(entry.count))
  }
  return normalized(vector)
}

/** FNV-1a over UTF-16 units, with a last mixing (MurmurHash3's) because the low bits of short texts are alike. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
