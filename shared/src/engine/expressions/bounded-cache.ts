/** Keeps the `entriesMax` most recently used values; `make` fills a gap. Holds only what its key alone determines, so sharing it is no state. */
export function createBoundedCache<Value>(entriesMax: number, make: (key: string) => Value): (key: string) => Value {
  const entries = new Map<string, Value>()
  return (key) => {
    const found = entries.get(key)
    if (found !== undefined) {
      entries.delete(key)
      entries.set(key, found)
      return found
    }
    const made = make(key)
    entries.set(key, made)
    const oldest = entries.keys().next()
    if (entries.size > entriesMax && oldest.done !== true) entries.delete(oldest.value)
    return made
  }
}
