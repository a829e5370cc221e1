import clsx from 'clsx'
import { createContext, type ReactNode, useContext, useId } from 'react'

interface FieldIds {
  id: string
  describedBy: string | undefined
  invalid: boolean
  required: boolean
}

const FieldContext = createContext<FieldIds | null>(null)

/** What a control inside a Field puts on itself, so that label, help and error belong to it. Empty outside a Field. */
export function useFieldProps(): {
  id?: string
  'aria-describedby'?: string
  'aria-invalid'?: true
  'aria-required'?: true
} {
  const field = useContext(FieldContext)
  if (field === null) return {}
  return {
    id: field.id,
    ...(field.describedBy === undefined ? {} : { 'aria-describedby': field.describedBy }),
    ...(field.invalid ? { 'aria-invalid': true as const } : {}),
    ...(field.required ? { 'aria-required': true as const } : {}),
  }
}

export interface FieldProps {
  label: ReactNode
  /** A line under the control; replaced by the error while there is one. */
  help?: ReactNode
  error?: ReactNode
  /** Says "optional" behind the label. */
  optional?: boolean
  required?: boolean
  /** At the right of the label: a link, a count, "Draft kept". */
  trailing?: ReactNode
  className?: string
  children: ReactNode
}

/** Label, control, help and error in one piece. The control inside finds its ids by itself. */
export function Field({ label, help, error, optional, required, trailing, className, children }: FieldProps) {
  const id = useId()
  const hasError = error !== undefined && error !== null && error !== false && error !== ''
  const note = hasError ? error : help
  const describedBy = note === undefined || note === null ? undefined : `${id}-note`
  return (
    <FieldContext value={{ id, describedBy, invalid: hasError, required: required === true }}>
      <div className={clsx('flex min-w-0 flex-col gap-1', className)}>
        <div className="flex items-baseline justify-between gap-2 text-small">
          <label htmlFor={id} className="font-mid text-ink-2">
            {label}
            {optional === true && <span className="font-text text-ink-3"> optional</span>}
          </label>
          {trailing !== undefined && <span className="text-ink-3">{trailing}</span>}
        </div>
        {children}
        {describedBy !== undefined && (
          <p
            id={describedBy}
            role={hasError ? 'alert' : undefined}
            className={clsx('text-small', hasError ? 'text-failed-text' : 'text-ink-3')}
          >
            {note}
          </p>
        )}
      </div>
    </FieldContext>
  )
}
