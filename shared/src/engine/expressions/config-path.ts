import type { Json, JsonObject } from '../../json.ts'

/** Value at a dotted path (`fields.0.value`), reached by own properties only; undefined where there is none. */
export function readPath(root: Json, path: string): Json | undefined {
  let value: Json | undefined = root
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as JsonObject)[key]
  }
  return value
}

/** A copy of the value with another one at the path; what is not on the way is shared. A path that leads nowhere changes nothing. */
export function writePath(root: Json, path: readonly string[], replacement: Json): Json {
  const [key, ...rest] = path
  if (key === undefined) return replacement
  if (typeof root !== 'object' || root === null || !Object.hasOwn(root, key)) return root
  const child = writePath((root as JsonObject)[key] ?? null, rest, replacement)
  if (Array.isArray(root)) return root.map((item, index) => (String(index) === key ? child : item))
  return { ...root, [key]: child }
}
