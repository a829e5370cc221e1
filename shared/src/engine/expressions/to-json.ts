import type { Json, JsonObject } from '../../json.ts'

/** Deepest nesting of a result; JSON that comes from outside is not deeper either. */
const depthMax = 64

/**
 * A CEL result as JSON: whole numbers (BigInt) become numbers, times become ISO texts, keys that could
 * reach a prototype are dropped. Throws for what JSON cannot say: bytes, types, functions, numbers beyond 2^53.
 */
export function toJson(value: unknown, depth = 0): Json {
  if (depth > depthMax) throw new Error('The result is nested too deeply.')
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Error('The result is not a finite number.')
    return value
  }
  if (typeof value === 'bigint') {
    const number = Number(value)
    if (!Number.isSafeInteger(number)) throw new Error('The result is a whole number beyond 2^53.')
    return number
  }
  if (Array.isArray(value)) return value.map((item) => toJson(item, depth + 1))
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Map) return objectOf(value.entries(), depth)
  if (typeof value === 'object' && value !== null) return ofObject(value, depth)
  throw new Error('The result cannot be written as JSON.')
}

function ofObject(value: object, depth: number): Json {
  const prototype: unknown = Object.getPrototypeOf(value)
  // Objects of other realms have a prototype of their own whose prototype is null.
  const isPlain = prototype === null || (typeof prototype === 'object' && Object.getPrototypeOf(prototype) === null)
  if (isPlain) return objectOf(Object.entries(value), depth)
  if ('value' in value && (typeof value.value === 'bigint' || typeof value.value === 'number'))
    return toJson(value.value, depth + 1)
  throw new Error('The result cannot be written as JSON.')
}

function objectOf(entries: Iterable<[unknown, unknown]>, depth: number): JsonObject {
  const pairs: [string, Json][] = []
  for (const [key, item] of entries) {
    if (key !== '__proto__' && item !== undefined) pairs.push([String(key), toJson(item, depth + 1)])
  }
  return Object.fromEntries(pairs)
}
