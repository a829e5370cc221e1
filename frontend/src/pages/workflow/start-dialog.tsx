import type { Workflow } from '@millrace/shared/api/workflows'
import { FormField } from '@millrace/shared/nodes/field'
import { Play } from 'lucide-react'
import { useEffect, useEffectEvent, useMemo, useState } from 'react'
import { useTemplate } from '../../api/workflows.ts'
import { useGraphStore } from '../../stores/graph-context.ts'
import { rememberedInput } from '../../stores/run-input-memory.ts'
import { useSession } from '../../stores/session-store.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { FormFields } from '../../ui/form-fields.tsx'
import { type FormDraft, initialDraft, readForm } from '../../ui/form-values.ts'

interface StartDialogProps {
  workflow: Workflow
  isStarting: boolean
  onStart: (input: Record<string, unknown>) => void
  onClose: () => void
}

const formId = 'start-run'

/** Asks for the input of a run, beginning with the last one or the template's example. */
export function StartDialog({ workflow, isStarting, onStart, onClose }: StartDialogProps) {
  const graph = useGraphStore()
  const userId = useSession((session) => session.user?.id ?? null)
  const sample = useTemplate(workflow.templateId).data?.sampleInput
  const fields = useMemo(() => {
    const start = graph.store.getState().definition.nodes.find((node) => node.type === 'start')
    return FormField.array().safeParse(start?.config.fields).data ?? []
  }, [graph])
  const begun = useMemo(
    () => withInput(fields, (userId === null ? null : rememberedInput(userId, workflow.id)) ?? sample ?? {}),
    [fields, sample, userId, workflow.id],
  )
  const [typed, setTyped] = useState<FormDraft>({})
  const [errors, setErrors] = useState<Record<string, string>>({})
  const draft = { ...begun, ...typed }

  function submit() {
    const read = readForm(fields, draft)
    setErrors(read.errors)
    if (Object.keys(read.errors).length === 0) onStart(read.values)
  }

  const handleKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return
    event.preventDefault()
    submit()
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent) => handleKey(event)
    window.addEventListener('keydown', listener)
    return () => window.removeEventListener('keydown', listener)
  }, [])

  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Run"
      description="What this run begins with."
      footer={
        <>
          <Button variant="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button variant="primary" type="submit" form={formId} icon={<Play />} kbd="⌘↵" busy={isStarting}>
            Run
          </Button>
        </>
      }
    >
      <form
        id={formId}
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <FormFields
          fields={fields}
          draft={draft}
          errors={errors}
          disabled={isStarting}
          onChange={(name, value) => setTyped({ ...typed, [name]: value })}
        />
      </form>
    </Dialog>
  )
}

/** The fields' defaults, with the values of an earlier input where it has some. */
function withInput(fields: readonly FormField[], input: Record<string, unknown>): FormDraft {
  return initialDraft(
    fields.map((field) => (input[field.name] === undefined ? field : { ...field, default: input[field.name] })),
  )
}
