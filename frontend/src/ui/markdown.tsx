import clsx from 'clsx'
import { lazy, memo, Suspense } from 'react'

// The parser is the heaviest part of the interface and many pages never show Markdown.
const MarkdownText = lazy(() => import('./markdown-text.tsx'))

export interface MarkdownProps {
  text: string
  className?: string
}

/** Markdown as text from outside: no HTML, links only to http(s) and mailto, no images fetched from elsewhere. */
export const Markdown = memo(function Markdown({ text, className }: MarkdownProps) {
  return (
    <div className={clsx('min-w-0 break-words', className)}>
      <Suspense fallback={<p className="whitespace-pre-wrap">{text}</p>}>
        <MarkdownText text={text} />
      </Suspense>
    </div>
  )
})
