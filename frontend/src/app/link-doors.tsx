import { describeError } from '../api/describe-error.ts'
import { Button } from '../ui/button.tsx'
import { Door } from '../ui/door.tsx'
import { WheelMark } from '../ui/wheel-mark.tsx'

/** While what a link leads to is being asked for. */
export function LinkOpening() {
  return (
    <div role="status" aria-label="Loading" className="grid h-dvh place-items-center">
      <WheelMark size={40} className="animate-late" />
    </div>
  )
}

/** Its token is missing or mangled. */
export function LinkNotWhole() {
  return (
    <Door
      title="The link is not whole"
      intro="What follows the # in it is missing. Copy the whole link from the message, or ask for it again."
    >
      <></>
    </Door>
  )
}

/** The server was not reached, or could not answer. */
export function LinkUnopened({ title, error, onRetry }: { title: string; error: unknown; onRetry: () => void }) {
  const { message, code } = describeError(error)
  return (
    <Door title={title} intro={message}>
      <div className="flex items-center justify-between gap-3">
        <Button onClick={onRetry}>Try again</Button>
        <code className="font-mono text-small text-ink-3">{code}</code>
      </div>
    </Door>
  )
}
