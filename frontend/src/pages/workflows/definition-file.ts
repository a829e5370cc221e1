import { WorkflowDefinition } from '@millrace/shared/graph/workflow-definition'

export type ReadDefinition = { name: string; definition: WorkflowDefinition } | { problem: string }

/** A larger file cannot be a workflow: definitions are at most 1 MiB. */
const fileBytesMax = 2 * 1024 * 1024

/** Reads an exported workflow. Says in words what is wrong with any other file. */
export async function readDefinitionFile(file: File): Promise<ReadDefinition> {
  if (file.size > fileBytesMax) return { problem: `“${file.name}” is too large for a workflow.` }
  let value: unknown
  try {
    value = JSON.parse(await file.text())
  } catch {
    return { problem: `“${file.name}” is not JSON. Choose a file that was exported from a workflow.` }
  }
  const parsed = WorkflowDefinition.safeParse(value)
  if (parsed.success) return { name: nameFromFile(file.name), definition: parsed.data }
  const [issue] = parsed.error.issues
  const place = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`
  return { problem: `“${file.name}” is not a workflow: ${issue?.message ?? 'its form is unknown'}${place}.` }
}

function nameFromFile(fileName: string): string {
  const bare = fileName
    .replace(/(\.millrace)?\.json$/i, '')
    .replace(/[-_]+/g, ' ')
    .trim()
  const name = bare === '' ? 'Imported workflow' : bare.charAt(0).toUpperCase() + bare.slice(1)
  return name.slice(0, 120)
}

/** Hands the definition to the browser as a file named after the workflow. */
export function saveDefinitionFile(name: string, definition: WorkflowDefinition): void {
  const slug = name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
  const url = URL.createObjectURL(new Blob([`${JSON.stringify(definition, null, 2)}\n`], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${slug === '' ? 'workflow' : slug}.millrace.json`
  link.click()
  URL.revokeObjectURL(url)
}
