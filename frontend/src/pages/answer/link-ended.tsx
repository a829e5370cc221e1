import type { OpenedPromptLink } from '@millrace/shared/api/prompt-links'
import { Door } from '../../ui/door.tsx'

/** `question`: what the link opened to a moment ago, if it did. */
export function LinkEnded({ question }: { question?: OpenedPromptLink }) {
  return (
    <Door
      title="This link has ended"
      intro={
        question === undefined
          ? 'Its time or the deadline of its question is over, or who made it may not answer any more. Ask whoever sent the link for a new one.'
          : `“${question.prompt}” cannot be answered here any more. If it still matters, ask ${question.sharedByName} for a new link.`
      }
    >
      <code className="font-mono text-small text-ink-3">PROMPT_LINK_NOT_FOUND</code>
    </Door>
  )
}
