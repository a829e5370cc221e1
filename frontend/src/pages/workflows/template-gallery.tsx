import type { TemplateSummary } from '@millrace/shared/api/workflows'
import { useState } from 'react'
import { describeError } from '../../api/describe-error.ts'
import { useTemplate, useTemplates } from '../../api/workflows.ts'
import { QueryGate } from '../../ui/query-gate.tsx'
import { WorkflowThumbnail } from '../../ui/workflow-thumbnail.tsx'

/** Ready workflows as cards with a picture of their flow. */
export function TemplateGallery({ onChoose }: { onChoose: (templateId: string) => Promise<void> }) {
  const templates = useTemplates()
  const [chosen, setChosen] = useState<string | null>(null)
  return (
    <QueryGate query={templates} what="the templates" describe={describeError}>
      {(items) => (
        <ul className="grid gap-3 sm:grid-cols-2">
          {items.map((template) => (
            <li key={template.id}>
              <TemplateCard
                template={template}
                disabled={chosen !== null}
                onChoose={() => {
                  setChosen(template.id)
                  void onChoose(template.id).finally(() => setChosen(null))
                }}
              />
            </li>
          ))}
        </ul>
      )}
    </QueryGate>
  )
}

function TemplateCard({
  template,
  disabled,
  onChoose,
}: {
  template: TemplateSummary
  disabled: boolean
  onChoose: () => void
}) {
  const definition = useTemplate(template.id).data?.definition
  return (
    <button
      type="button"
      disabled={disabled}
      onClick={onChoose}
      className="flex h-full w-full flex-col overflow-hidden rounded-card border border-line-strong bg-surface text-left transition-colors enabled:hover:border-line-control disabled:opacity-60"
    >
      <span className="block h-28 w-full border-b bg-paper">
        {definition !== undefined && <WorkflowThumbnail definition={definition} className="size-full animate-appear" />}
      </span>
      <span className="block px-4 pt-3 pb-3.5">
        <span className="block text-t3 font-title">{template.name}</span>
        <span className="mt-1 block text-pretty text-ink-2">{template.description}</span>
        <span className="mt-2 block text-small text-ink-3">
          {template.nodeCount} steps{template.tags.length > 0 && ` · ${template.tags.join(' · ')}`}
        </span>
      </span>
    </button>
  )
}
