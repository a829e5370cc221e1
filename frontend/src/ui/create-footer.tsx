import type { ReactNode } from 'react'
import { Button } from './button.tsx'

export interface CreateFooterProps {
  /** Of the form in the dialog. */
  formId: string
  /** The verb and the thing. */
  children: ReactNode
  busy: boolean
  /** It is made, and there is nothing left but to close. */
  isMade?: boolean
  onClose: () => void
}

/** The foot of a dialog in which something is made. */
export function CreateFooter({ formId, children, busy, isMade = false, onClose }: CreateFooterProps) {
  if (isMade) return <Button onClick={onClose}>Done</Button>
  return (
    <>
      <Button variant="quiet" onClick={onClose}>
        Cancel
      </Button>
      <Button variant="primary" type="submit" form={formId} busy={busy}>
        {children}
      </Button>
    </>
  )
}
