import type { Workflow } from '@millrace/shared/api/workflows'
import { X } from 'lucide-react'
import { useState } from 'react'
import { useExecutions } from '../../api/executions.ts'
import { useTemplate } from '../../api/workflows.ts'
import { useBoard } from '../../canvas/board/board-context.ts'
import { useExecutionState } from '../../stores/execution-store.ts'
import { IconButton } from '../../ui/icon-button.tsx'

/** Under the Run button of a template that was never run: what will happen. */
export function ReadyNote({ workflow }: { workflow: Workflow }) {
  const template = useTemplate(workflow.templateId).data
  const isRunShown = useExecutionState((state) => state.executionId !== null)
  const runs = useExecutions({ workflowId: workflow.id }, 1).data?.pages[0]?.items
  const isInspectorOpen = useBoard((board) => board.isInspectorOpen)
  const [isClosed, setClosed] = useState(false)
  if (template === undefined || runs?.length !== 0 || isClosed || isRunShown || isInspectorOpen) return null
  return (
    <div className="absolute top-full right-3 z-20 mt-2.5 w-72 animate-appear rounded-card border bg-raised px-4 py-3 shadow-raised before:absolute before:-top-[7px] before:right-14 before:size-3 before:rotate-45 before:border-t before:border-l before:bg-raised">
      <div className="flex items-start justify-between">
        <strong className="font-title">Ready to run</strong>
        <IconButton label="Close" icon={<X />} size="small" className="-mt-1 -mr-2" onClick={() => setClosed(true)} />
      </div>
      <p className="text-ink-2">{template.description}</p>
    </div>
  )
}
