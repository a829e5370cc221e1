import { usageError } from './cli-error.ts'

/**
 * `name=value` pairs as one object. Values stay texts: the server turns them into what the form's field wants.
 * Throws CliError USAGE for a pair without a name.
 */
export function readKeyValues(pairs: string[], option: string): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const end = pair.indexOf('=')
      if (end < 1) throw usageError(`${option} wants name=value, not "${pair}".`)
      return [pair.slice(0, end), pair.slice(end + 1)]
    }),
  )
}
