interface Issue {
  code?: string
  message: string
  path: PropertyKey[]
  minimum?: number | bigint
  maximum?: number | bigint
  origin?: string
  expected?: string
  values?: readonly unknown[]
  keys?: readonly string[]
}

/** Settings that a person fills in by choosing: what is missing is said by its name. */
const missingMessages: Record<string, string> = {
  knowledgeBaseId: 'Choose a knowledge base.',
  query: 'Say what to search for.',
  user: 'Write the message to the model.',
  expression: 'Write a condition.',
  url: 'Enter an address.',
  title: 'Write the question.',
}

/** What is wrong with a setting, as a person reads it. */
export function configMessage(issue: Issue, config: unknown): string {
  const key = String(issue.path.at(-1) ?? '')
  if (isMissing(issue, config))
    return Object.hasOwn(missingMessages, key) ? (missingMessages[key] ?? '') : `“${key}” is missing.`
  if (issue.code === 'unrecognized_keys') return `Unknown setting: ${(issue.keys ?? []).join(', ')}.`
  if (issue.code === 'invalid_value') return `“${key}” must be one of: ${(issue.values ?? []).join(', ')}.`
  if (issue.code === 'invalid_type') return `“${key}” must be of type ${issue.expected ?? 'another'}.`
  if (issue.code === 'too_big')
    return `“${key}” may be at most ${issue.maximum}${issue.origin === 'string' ? ' characters long' : issue.origin === 'array' ? ' entries long' : ''}.`
  if (issue.code === 'too_small')
    return issue.origin === 'array'
      ? `“${key}” needs at least ${issue.minimum} entries.`
      : `“${key}” must be at least ${issue.minimum}.`
  return issue.code === 'custom' || issue.code === 'invalid_format' ? `“${key}”: ${issue.message}` : issue.message
}

function isMissing(issue: Issue, config: unknown): boolean {
  let value = config
  for (const key of issue.path)
    value = typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined
  return value === undefined || value === null || value === ''
}
