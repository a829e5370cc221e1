import { promptLinkHours } from '@millrace/shared/api/prompt-links'
import { Link2, Plus } from 'lucide-react'
import { useState } from 'react'
import { describeError } from '../api/describe-error.ts'
import { linkAddress } from '../api/link-address.ts'
import { useCreatePromptLink } from '../api/prompt-links.ts'
import { useMay } from '../api/rights.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { FormError } from '../ui/form-error.tsx'
import { LifetimeSelect } from '../ui/lifetime-select.tsx'
import { SecretOnce } from '../ui/secret-once.tsx'
import { exactTime } from '../ui/time-words.ts'

/** Gives who may answer a link by which somebody else does, without an account. For open questions. */
export function AnswerLinkButton({ requestId }: { requestId: string }) {
  const mayAnswer = useMay('answer')
  const [isOpen, setOpen] = useState(false)
  if (!mayAnswer) return null
  return (
    <>
      <Button variant="quiet" size="small" icon={<Link2 />} className="-mx-2" onClick={() => setOpen(true)}>
        Copy a link to answer
      </Button>
      <AnswerLinkDialog key={requestId} requestId={requestId} open={isOpen} onOpenChange={setOpen} />
    </>
  )
}

interface AnswerLinkDialogProps {
  requestId: string
  open: boolean
  onOpenChange: (open: boolean) => void
}

function AnswerLinkDialog({ requestId, open, onOpenChange }: AnswerLinkDialogProps) {
  const create = useCreatePromptLink(requestId)
  const [hours, setHours] = useState<number>(promptLinkHours.default)
  const failure = create.error === null ? null : describeError(create.error)
  const created = create.data

  function handleOpenChange(next: boolean) {
    onOpenChange(next)
    if (!next) create.reset()
  }

  return (
    <Dialog
      open={open}
      onOpenChange={handleOpenChange}
      size="medium"
      title="A link to answer"
      description="Whoever has the link reads this one question and answers it, without an account. They see nothing else of the run; the first answer counts."
      footer={<Button onClick={() => handleOpenChange(false)}>Done</Button>}
    >
      <div className="flex flex-col gap-4">
        {created === undefined ? (
          <div className="flex items-end gap-2">
            <Field label="Good for" className="w-40">
              <LifetimeSelect hours={hours} onHoursChange={setHours} />
            </Field>
            <Button variant="primary" icon={<Plus />} busy={create.isPending} onClick={() => create.mutate(hours)}>
              Create a link
            </Button>
          </div>
        ) : (
          <div className="flex flex-col gap-2">
            <SecretOnce value={linkAddress('answer', created.token)} />
            <p className="text-small text-ink-2">
              Copy it now: it is not stored and cannot be shown again. Good until {exactTime(created.expiresAt)}, or
              until somebody answers. It stays good as long as you may answer yourself.
            </p>
          </div>
        )}
        <FormError message={failure?.message ?? null} code={failure?.code ?? null} />
      </div>
    </Dialog>
  )
}
