import { z } from 'zod'
import { WorkflowDefinition, WorkflowProblem } from '../graph/workflow-definition.ts'

export const WorkflowSummary = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  version: z.int(),
  templateId: z.string().optional(),
  nodeCount: z.int(),
  createdAt: z.number(),
  updatedAt: z.number(),
  /** The newest run, for the list. */
  lastExecution: z.object({ executionId: z.string(), status: z.string(), createdAt: z.number() }).optional(),
})
export type WorkflowSummary = z.output<typeof WorkflowSummary>

export const Workflow = WorkflowSummary.extend({ definition: WorkflowDefinition, problems: z.array(WorkflowProblem) })
export type Workflow = z.output<typeof Workflow>

const name = z.string().trim().min(1, 'Give the workflow a name.').max(120)

/** A draft with problems can be saved; only running needs it to be valid. */
export const CreateWorkflow = z.object({
  name,
  description: z.string().max(2000).optional(),
  definition: WorkflowDefinition.default({ format: 'millrace.workflow', formatVersion: 1, nodes: [], edges: [] }),
})
export type CreateWorkflow = z.input<typeof CreateWorkflow>

export const UpdateWorkflow = z.object({
  name: name.optional(),
  description: z.string().max(2000).optional(),
  definition: WorkflowDefinition.optional(),
  /** The version this change began from; a stale one is answered 409. */
  version: z.int().min(1),
})
export type UpdateWorkflow = z.input<typeof UpdateWorkflow>

export const ValidateWorkflow = z.object({ definition: z.unknown() })
export const ValidationResult = z.object({ valid: z.boolean(), problems: z.array(WorkflowProblem) })
export type ValidationResult = z.output<typeof ValidationResult>

export const PortSummary = z.object({
  id: z.string(),
  label: z.string(),
  kind: z.enum(['main', 'branch', 'error', 'expired']),
})

export const NodeTypeInfo = z.object({
  type: z.string(),
  title: z.string(),
  description: z.string(),
  group: z.string(),
  kind: z.enum(['trigger', 'pure', 'effect', 'wait']),
  icon: z.string(),
  ports: z.object({ inputs: z.array(PortSummary), outputs: z.array(PortSummary) }),
  configSchema: z.record(z.string(), z.unknown()),
  defaults: z.record(z.string(), z.unknown()),
  available: z.boolean(),
  reason: z.string().optional(),
})
export type NodeTypeInfo = z.output<typeof NodeTypeInfo>

/** Whether nodes of a workspace can use a model provider now. `registry:updated` tells of changes. */
export const ProviderInfo = z.object({ provider: z.string(), available: z.boolean(), reason: z.string().optional() })
export type ProviderInfo = z.output<typeof ProviderInfo>

export const TemplateSummary = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  /** What it shows, in a few words each. */
  tags: z.array(z.string()),
  nodeCount: z.int(),
})
export type TemplateSummary = z.output<typeof TemplateSummary>

export const Template = TemplateSummary.extend({
  definition: WorkflowDefinition,
  sampleInput: z.record(z.string(), z.unknown()),
})
export type Template = z.output<typeof Template>

export const CreateFromTemplate = z.object({ name: name.optional() }).default({})
