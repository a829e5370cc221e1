import { CircleAlert, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { Toaster as Sonner, toast as sonner } from 'sonner'
import { StateGlyph } from './state-glyph.tsx'

export interface ToastOptions {
  description?: ReactNode
  /** Error code, in small mono behind the description. */
  code?: string
  /** One thing to do: "Undo". */
  action?: { label: string; onClick: () => void }
  /** What else may be done, quieter, under the description. */
  moreActions?: readonly { label: string; onClick: () => void }[]
  /** Milliseconds it stays; 5,000 unless told. */
  durationMs?: number
  /** A second toast with the same id replaces the first. */
  id?: string
}

function options({ description, code, action, moreActions = [], durationMs, id }: ToastOptions) {
  const hasText = description !== undefined || code !== undefined || moreActions.length > 0
  const text = hasText ? (
    <>
      {description}
      {code !== undefined && (
        <>
          {' '}
          <code className="font-mono text-micro">{code}</code>
        </>
      )}
      {moreActions.length > 0 && (
        <span className="mt-1 flex flex-wrap gap-3">
          {moreActions.map(({ label, onClick }) => (
            <button
              key={label}
              type="button"
              onClick={onClick}
              className="font-mid text-ink underline underline-offset-2 hover:text-ink-2"
            >
              {label}
            </button>
          ))}
        </span>
      )}
    </>
  ) : undefined
  return {
    ...(text === undefined ? {} : { description: text }),
    ...(action === undefined ? {} : { action }),
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
  warning: (title: ReactNode, more: ToastOptions = {}) =>
    sonner(title, { ...options(more), icon: <TriangleAlert className="size-4 text-retry-mark" /> }),
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
          actionButton:
            'ml-auto h-[26px] shrink-0 rounded-control border border-line-control bg-surface px-2 text-small font-mid hover:bg-hover',
        },
      }}
    />
  )
}
