/** A set-up with another value at a name; undefined takes the name away, so that its default applies. */
export function withValue(config: Record<string, unknown>, name: string, value: unknown): Record<string, unknown> {
  if (value !== undefined) return { ...config, [name]: value }
  const { [name]: _gone, ...rest } = config
  return rest
}
