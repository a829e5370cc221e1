import { Hourglass } from 'lucide-react'
import { Markdown } from '../ui/markdown.tsx'
import { useNow } from '../ui/now.ts'
import { exactTime, remainingWords, untilWords } from '../ui/time-words.ts'

/** What the question is about, as Markdown. Nothing when there is nothing. */
export function PromptBody({ body }: { body: string | null | undefined }) {
  if (body == null || body.trim() === '') return null
  return <Markdown text={body} />
}

/** "38 min left · until 15:10", counting down; nothing without a deadline. Epoch milliseconds. */
export function DeadlineLeft({ deadline, short }: { deadline: number | null | undefined; short?: boolean }) {
  const now = useNow((time) => (deadline == null ? null : deadline - time < 3_600_000 ? 1000 : 30_000))
  if (deadline == null) return null
  const remaining = deadline - now
  return (
    <span title={exactTime(deadline)} className="inline-flex items-center gap-1.5 whitespace-nowrap text-small">
      {short !== true && <Hourglass aria-hidden="true" className="size-3.5 text-waiting-text" />}
      <span
        className={
          remaining < 3_600_000 ? 'font-title text-waiting-text' : short === true ? '' : 'font-mid text-waiting-text'
        }
      >
        {remaining <= 0 ? 'expired' : `${remainingWords(remaining)} left`}
      </span>
      {short !== true && remaining > 0 && <span className="text-ink-2">· {untilWords(deadline, now)}</span>}
    </span>
  )
}
