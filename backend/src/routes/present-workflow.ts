import type { Workflow, WorkflowSummary } from '@millrace/shared/api/workflows'
import { validateDefinition } from '@millrace/shared/graph/validate'
import type { WorkflowRow, WorkflowSummaryRow, WorkflowWithDefinition } from '../repositories/workflows.ts'

export function toWorkflowSummary(row: WorkflowSummaryRow): WorkflowSummary {
  return {
    ...sharedFields(row),
    nodeCount: row.nodeCount,
    ...(row.lastExecution === null ? {} : { lastExecution: row.lastExecution }),
  }
}

/** With what is wrong in it as the rules are now, not as they were when it was saved. */
export function toWorkflow(row: WorkflowWithDefinition): Workflow {
  return {
    ...sharedFields(row),
    nodeCount: row.definition.nodes.length,
    definition: row.definition,
    problems: validateDefinition(row.definition),
  }
}

function sharedFields({ id, name, description, version, templateId, createdAt, updatedAt }: WorkflowRow) {
  return { id, name, description, version, createdAt, updatedAt, ...(templateId === null ? {} : { templateId }) }
}
