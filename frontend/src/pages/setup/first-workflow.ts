import { pageOf } from '@millrace/shared/api/page'
import { TemplateSummary, WorkflowSummary } from '@millrace/shared/api/workflows'
import { http } from '../../api/http.ts'
import { createFromTemplate } from '../../api/workflows.ts'

const isReviewDesk = (item: { name: string }) => item.name.toLowerCase() === 'review desk'

/**
 * The workflow a new owner lands on: the Review desk, made from its template when it is not there yet.
 * Null when there is nothing to land on; never throws, for the owner exists by now.
 */
export async function findFirstWorkflow(): Promise<string | null> {
  try {
    const { items } = await http.request('GET', '/api/workflows', { schema: pageOf(WorkflowSummary) })
    const existing = items.find(isReviewDesk) ?? items[0]
    if (existing !== undefined) return existing.id
    const templates = (await http.request('GET', '/api/templates', { schema: pageOf(TemplateSummary) })).items
    const template = templates.find(isReviewDesk) ?? templates[0]
    if (template === undefined) return null
    return (await createFromTemplate(template.id)).id
  } catch {
    return null
  }
}
