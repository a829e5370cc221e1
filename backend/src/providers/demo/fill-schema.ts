import type { Json, JsonObject } from '@millrace/shared/json'
import { sentencesOf } from './answer-from-sources.ts'
import type { SeededRandom } from './seeded-random.ts'

/** Bounds of what is built: schemas come from people and may describe themselves. */
const depthMax = 12
const itemsMax = 5

/** Words that speak for a value of an enum, beside the value itself. */
const hints: Record<string, RegExp> = {
  billing: /invoice|refund|charge|payment|paid|price|bill/i,
  technical: /error|crash|bug|broken|fail|cannot log|does not work|doesn't work/i,
  bug: /error|crash|broken|fail|does not work|doesn't work/i,
  delivery: /deliver|shipping|parcel|arrive|late/i,
  returns: /return|send back|exchange/i,
  complaint: /complain|unacceptable|disappointed|angry|terrible/i,
  question: /\?|how do|how can|what is/i,
  urgent: /urgent|immediately|at once|asap|right away/i,
  critical: /outage|down|urgent|data loss/i,
  high: /urgent|immediately|asap|today|angry|down/i,
  positive: /thank|great|love|happy|good/i,
  negative: /bad|broken|angry|disappointed|terrible|unacceptable|never/i,
}

/** A value that fits the JSON Schema, out of the words of `text` where a field lets them be used. */
export function fillSchema(schema: JsonObject, text: string, random: SeededRandom): Json {
  return fill(schema, { root: schema, text, random, name: '', depth: 0 })
}

interface Place {
  root: JsonObject
  text: string
  random: SeededRandom
  /** Of the property, which says what is expected. */
  name: string
  depth: number
}

function fill(schema: Json | undefined, place: Place): Json {
  if (!isObject(schema) || place.depth > depthMax) return null
  if (schema.const !== undefined) return schema.const
  if (Array.isArray(schema.enum)) return pickEnum(schema.enum, place)
  const target = typeof schema.$ref === 'string' ? resolveRef(place.root, schema.$ref) : undefined
  if (target !== undefined) return fill(target, { ...place, depth: place.depth + 1 })
  for (const alternatives of [schema.oneOf, schema.anyOf]) {
    if (Array.isArray(alternatives)) return fill(alternatives[0], { ...place, depth: place.depth + 1 })
  }
  if (Array.isArray(schema.allOf)) return fill(mergeAll(schema), { ...place, depth: place.depth + 1 })
  return fillType(schema, place)
}

function fillType(schema: JsonObject, place: Place): Json {
  const type = Array.isArray(schema.type)
    ? schema.type[0]
    : (schema.type ?? (isObject(schema.properties) ? 'object' : 'string'))
  switch (type) {
    case 'object':
      return fillObject(schema, place)
    case 'array': {
      const count = Math.min(
        itemsMax,
        Math.max(numberOf(schema.minItems, 2), Math.min(2, numberOf(schema.maxItems, 2))),
      )
      return Array.from({ length: count }, () =>
        fill(isObject(schema.items) ? schema.items : { type: 'string' }, { ...place, depth: place.depth + 1 }),
      )
    }
    case 'integer':
    case 'number':
      return fillNumber(schema, type, place)
    case 'boolean':
      return place.random.below(2) === 0
    case 'null':
      return null
    default:
      return fillString(schema, place)
  }
}

function fillObject(schema: JsonObject, place: Place): JsonObject {
  const properties = isObject(schema.properties) ? schema.properties : {}
  const object: JsonObject = {}
  for (const [name, property] of Object.entries(properties)) {
    // A property that cannot be filled any deeper is left out, unless the schema insists.
    if (place.depth >= depthMax - 1 && !(Array.isArray(schema.required) && schema.required.includes(name))) continue
    object[name] = fill(property, { ...place, name, depth: place.depth + 1 })
  }
  return object
}

function fillNumber(schema: JsonObject, type: 'integer' | 'number', place: Place): number {
  const low = numberOf(
    schema.minimum,
    numberOf(schema.exclusiveMinimum, -1) + (schema.exclusiveMinimum === undefined ? 1 : 1e-3),
  )
  const high = numberOf(
    schema.maximum,
    numberOf(schema.exclusiveMaximum, Math.max(low + 1, 100)) - (schema.exclusiveMaximum === undefined ? 0 : 1e-3),
  )
  if (type === 'number')
    return Math.min(high, Math.round((low + ((high - low) * place.random.below(101)) / 100) * 1000) / 1000)
  const step = numberOf(schema.multipleOf, 1)
  const first = Math.ceil(low / step)
  const count = Math.max(1, Math.floor(high / step) - first + 1)
  return (first + place.random.below(Math.min(count, 1000))) * step
}

function fillString(schema: JsonObject, place: Place): string {
  if (schema.format === 'date-time') return '2026-01-15T09:00:00Z'
  if (schema.format === 'date') return '2026-01-15'
  if (schema.format === 'email') return /[\w.+-]+@[\w-]+\.[\w.]+/.exec(place.text)?.[0] ?? 'someone@example.com'
  if (schema.format === 'uri') return 'https://example.com/'
  const sentences = sentencesOf(place.text)
  const sentence = sentences[place.random.below(Math.max(1, Math.min(sentences.length, 3)))] ?? 'Nothing to say'
  const value = /title|name|subject|label|topic|headline/i.test(place.name)
    ? (sentences[0] ?? sentence).split(/\s+/).slice(0, 8).join(' ')
    : sentence
  return value.slice(0, numberOf(schema.maxLength, 500)).padEnd(numberOf(schema.minLength, 0), '.')
}

/** A value that the text speaks of; else one by the seed. */
function pickEnum(values: Json[], place: Place): Json {
  const text = place.text.toLowerCase()
  const hinted = values.find((value) => typeof value === 'string' && hints[value.toLowerCase()]?.test(place.text))
  if (hinted !== undefined) return hinted
  // A prompt that lists all values says nothing about any of them.
  const named = values.filter(
    (value) => typeof value === 'string' && text.includes(value.toLowerCase().replaceAll('_', ' ')),
  )
  const [only] = named
  return named.length === 1 && only !== undefined ? only : (values[place.random.below(values.length)] ?? null)
}

function resolveRef(root: JsonObject, ref: string): Json | undefined {
  if (!ref.startsWith('#')) return undefined
  let value: Json | undefined = root
  for (const part of ref.slice(1).split('/').filter(Boolean)) value = isObject(value) ? value[part] : undefined
  return value
}

function mergeAll(schema: JsonObject): JsonObject {
  const parts = (Array.isArray(schema.allOf) ? schema.allOf : []).filter(isObject)
  const properties = Object.assign(
    {},
    ...[schema, ...parts].map((part) => (isObject(part.properties) ? part.properties : {})),
  ) as JsonObject
  const { allOf: _, ...own } = schema
  return { ...Object.assign({}, ...parts), ...own, properties }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function numberOf(value: Json | undefined, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise
}
