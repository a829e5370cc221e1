import { AppError } from '@millrace/shared/errors/app-error'
import type { JsonObject } from '@millrace/shared/json'

/** The part of a zod schema that is needed here. */
interface ConfigSchema<Config> {
  safeParse(
    value: unknown,
  ): { success: true; data: Config } | { success: false; error: { issues: { path: PropertyKey[]; message: string }[] } }
}

/** Told whole: what is cut before secrets are masked could end in the beginning of one. */
const problemsMax = 20

/** Checks a rendered config: expressions can make a valid set-up invalid. Throws AppError NODE_CONFIG_INVALID. */
export function parseConfig<Config>(
  { configSchema }: { configSchema: ConfigSchema<Config> },
  config: JsonObject,
): Config {
  const parsed = configSchema.safeParse(config)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues
    .slice(0, problemsMax)
    .map(({ path, message }) => `${path.map(String).join('.')}: ${message}`)
  throw new AppError('NODE_CONFIG_INVALID', undefined, { message: problems.join('\n') })
}
