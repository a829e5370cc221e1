import { CreateKnowledgeBase } from '@millrace/shared/api/knowledge'
import { type FormEvent, useState } from 'react'
import { useNavigate } from 'react-router'
import { describeError } from '../../api/describe-error.ts'
import { useCreateKnowledgeBase } from '../../api/knowledge.ts'
import { Button } from '../../ui/button.tsx'
import { checkForm } from '../../ui/check-form.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { FormError } from '../../ui/form-error.tsx'
import { Input } from '../../ui/input.tsx'
import { Textarea } from '../../ui/textarea.tsx'

const formId = 'create-knowledge-base'

export function CreateKnowledgeBaseDialog({
  open,
  onOpenChange,
}: {
  open: boolean
  onOpenChange: (open: boolean) => void
}) {
  const [name, setName] = useState('')
  const [description, setDescription] = useState('')
  const [errors, setErrors] = useState<Record<string, string>>({})
  const create = useCreateKnowledgeBase()
  const navigate = useNavigate()

  function handleSubmit(event: FormEvent) {
    event.preventDefault()
    const checked = checkForm(CreateKnowledgeBase, { name, ...(description === '' ? {} : { description }) })
    setErrors(checked.errors ?? {})
    if (checked.errors !== null) return
    create.mutate(checked.data, {
      onSuccess: (created) => {
        onOpenChange(false)
        setName('')
        setDescription('')
        void navigate(`/knowledge/${created.id}`)
      },
    })
  }

  const failure = create.error === null ? null : describeError(create.error)
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="New knowledge base"
      description="A shelf of documents that steps can search. Add the files next."
      footer={
        <>
          <Button variant="quiet" onClick={() => onOpenChange(false)}>
            Cancel
          </Button>
          <Button variant="primary" type="submit" form={formId} busy={create.isPending}>
            Create
          </Button>
        </>
      }
    >
      <form id={formId} noValidate onSubmit={handleSubmit} className="flex flex-col gap-3">
        <Field label="Name" error={errors.name} required>
          <Input
            value={name}
            onChange={(event) => setName(event.target.value)}
            autoFocus
            placeholder="Product handbook"
          />
        </Field>
        <Field label="What is in it" optional error={errors.description}>
          <Textarea value={description} onChange={(event) => setDescription(event.target.value)} rows={2} />
        </Field>
        <FormError message={failure?.message ?? null} code={failure?.code ?? null} />
      </form>
    </Dialog>
  )
}
