import type { Template } from '@millrace/shared/api/workflows'
import { AppError } from '@millrace/shared/errors/app-error'
import type { WorkflowDefinition } from '@millrace/shared/graph/workflow-definition'
import { sampleKnowledgeBasePlaceholder } from '@millrace/shared/templates/ask-my-documents'
import { templates } from '@millrace/shared/templates/index'
import type { EventOwner } from '@millrace/temporal/ports'
import type { Database } from '../repositories/database.ts'
import type { WorkflowWithDefinition } from '../repositories/workflows.ts'
import { createWorkflow } from './save-workflow.ts'

export interface TemplateDeps {
  database: Database
  sampleKnowledgeBase: ((owner: EventOwner) => Promise<string>) | null
}

/** Throws AppError TEMPLATE_NOT_FOUND. */
export function findTemplate(id: string): Template {
  const template = templates.find((one) => one.id === id)
  if (template === undefined) throw new AppError('TEMPLATE_NOT_FOUND', { templateId: id })
  return template
}

/** Makes a workflow of the workspace's own, whose steps reach the workspace's sample knowledge base. */
export async function createFromTemplate(
  { database, sampleKnowledgeBase }: TemplateDeps,
  owner: EventOwner,
  template: Template,
  { name = template.name, createdAt }: { name?: string | undefined; createdAt?: number } = {},
): Promise<WorkflowWithDefinition> {
  const needsSample = template.definition.nodes.some(
    (node) => node.config['knowledgeBaseId'] === sampleKnowledgeBasePlaceholder,
  )
  const definition =
    needsSample && sampleKnowledgeBase !== null
      ? withKnowledgeBase(template.definition, await sampleKnowledgeBase(owner))
      : template.definition
  const { description, id: templateId } = template
  return createWorkflow(database, owner, { name, description, definition, templateId, createdAt })
}

function withKnowledgeBase(definition: WorkflowDefinition, knowledgeBaseId: string): WorkflowDefinition {
  return {
    ...definition,
    nodes: definition.nodes.map((node) =>
      node.config['knowledgeBaseId'] === sampleKnowledgeBasePlaceholder
        ? { ...node, config: { ...node.config, knowledgeBaseId } }
        : node,
    ),
  }
}
