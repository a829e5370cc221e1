import { CircleAlert, Info } from 'lucide-react'
import type { ReactNode } from 'react'
import { Toaster as Sonner, toast as sonner } from 'sonner'
import { StateGlyph } from './state-glyph.tsx'

export interface ToastOptions {
  description?: ReactNode
  /** Error code, in small mono behind the description. */
  code?: string
  /** One thing to do: "Undo". */
  action?: { label: string; onClick: () => void }
  /** Another one: quieter, before the first. */
  secondAction?: { label: string; onClick: () => void }
  /** Milliseconds it stays; 5,000 unless told. */
  durationMs?: number
  /** A second toast with the same id replaces the first. */
  id?: string
}

function options({ description, code, action, secondAction, durationMs, id }: ToastOptions) {
  const text =
    code === undefined ? (
      description
    ) : (
      <>
        {description} <code className="font-mono text-micro">{code}</code>
      </>
    )
  return {
    ...(text === undefined ? {} : { description: text }),
    ...(action === undefined ? {} : { action }),
    ...(secondAction === undefined ? {} : { cancel: secondAction }),
    ...(id === undefined ? {} : { id }),
    duration: durationMs ?? 5000,
  }
}

/** Short notices at the lower right. */
export const toast = {
  done: (title: ReactNode, more: ToastOptions = {}) =>
    sonner(title, { ...options(more), icon: <StateGlyph state="completed" /> }),
  failed: (title: ReactNode, more: ToastOptions = {}) =>
    sonner(title, {
      ...options({ durationMs: 10_000, ...more }),
      icon: <CircleAlert className="size-4 text-failed-mark" />,
    }),
  waiting: (title: ReactNode, more: ToastOptions = {}) =>
    sonner(title, { ...options(more), icon: <StateGlyph state="waiting" /> }),
  info: (title: ReactNode, more: ToastOptions = {}) =>
    sonner(title, { ...options(more), icon: <Info className="size-4 text-ink-3" /> }),
  dismiss: (id: string) => {
    sonner.dismiss(id)
  },
}

/** Where toasts appear; once in the app. */
export function Toaster() {
  return (
    <Sonner
      position="bottom-right"
      offset={16}
      gap={8}
      visibleToasts={4}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            'flex w-[340px] max-w-full items-start gap-3 rounded-card border border-line bg-raised px-3.5 py-3 text-ink shadow-raised font-ui',
          icon: 'mt-0.5 shrink-0',
          content: 'min-w-0 flex-1',
          title: 'text-base font-mid leading-5',
          description: 'text-small text-ink-2',
          cancelButton:
            'ml-auto h-[26px] shrink-0 rounded-control px-2 text-small font-mid text-ink-2 hover:bg-hover hover:text-ink',
          actionButton:
            'ml-auto h-[26px] shrink-0 rounded-control border border-line-control bg-surface px-2 text-small font-mid hover:bg-hover',
        },
      }}
    />
  )
}
