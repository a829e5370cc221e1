import clsx from 'clsx'
import { lazy, memo, Suspense } from 'react'

// The parser is the heaviest part of the interface and many pages never show Markdown.
const load = () => import('./markdown-text.tsx')
const MarkdownText = lazy(load)

/** Fetches the parser before it is needed, so that the first text is not seen as source. Failures show when it is used. */
export function preloadMarkdown(): void {
  load().catch(() => undefined)
}

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
