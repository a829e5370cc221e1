import clsx from 'clsx'
import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { copyText } from './copy-text.ts'

/** An id in mono that copies itself. Long ones show their beginning; the whole is on hover. */
export function CopyId({ value, label, className }: { value: string; label?: string; className?: string }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 1500)
    return () => clearTimeout(timer)
  }, [copied])
  return (
    <button
      type="button"
      title={value}
      aria-label={copied ? 'Copied' : `Copy ${label ?? value}`}
      onClick={(event) => {
        event.stopPropagation()
        event.preventDefault()
        void copyText(value).then(setCopied)
      }}
      className={clsx(
        'inline-flex items-center gap-1 rounded-chip font-mono text-small text-ink-2 hover:text-ink',
        className,
      )}
    >
      {label ?? (value.length > 14 ? `${value.slice(0, 13)}…` : value)}
      {copied ? <Check className="size-3 text-done-mark" /> : <Copy className="size-3 text-ink-3" />}
    </button>
  )
}
