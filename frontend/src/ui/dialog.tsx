import clsx from 'clsx'
import { X } from 'lucide-react'
import { Dialog as RadixDialog } from 'radix-ui'
import type { ReactNode } from 'react'
import { IconButton } from './icon-button.tsx'

export interface DialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: ReactNode
  /** One sentence under the title. */
  description?: ReactNode
  /** Buttons at the foot, the main one last. */
  footer?: ReactNode
  size?: 'small' | 'medium' | 'large'
  children?: ReactNode
}

const widths = { small: 'max-w-[420px]', medium: 'max-w-[560px]', large: 'max-w-[760px]' } as const

export function Dialog({ open, onOpenChange, title, description, footer, size = 'small', children }: DialogProps) {
  return (
    <RadixDialog.Root open={open} onOpenChange={onOpenChange}>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className="fixed inset-0 z-50 grid animate-appear place-items-center overflow-y-auto bg-scrim p-4">
          <RadixDialog.Content
            {...(description === undefined ? { 'aria-describedby': undefined } : {})}
            onOpenAutoFocus={(event) => {
              // Not the first button: its tooltip would open with the dialog. A field with autoFocus has the focus by now.
              event.preventDefault()
              if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus()
            }}
            className={clsx(
              'flex max-h-[calc(100dvh-32px)] w-full flex-col rounded-card border border-line bg-raised shadow-raised outline-none',
              widths[size],
            )}
          >
            <header className="flex items-start justify-between gap-4 px-5 pt-4">
              <div className="min-w-0">
                <RadixDialog.Title className="text-t2">{title}</RadixDialog.Title>
                {description !== undefined && (
                  <RadixDialog.Description className="mt-1 text-ink-2">{description}</RadixDialog.Description>
                )}
              </div>
              <RadixDialog.Close asChild>
                <IconButton label="Close" icon={<X />} kbd="Esc" className="-mr-1.5" />
              </RadixDialog.Close>
            </header>
            <div className="min-h-0 overflow-y-auto px-5 py-4">{children}</div>
            {footer !== undefined && (
              <footer className="flex flex-wrap items-center justify-end gap-2 border-t px-5 py-3">{footer}</footer>
            )}
          </RadixDialog.Content>
        </RadixDialog.Overlay>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  )
}
