import { useState } from 'react'
import { useSession } from '../stores/session-store.ts'
import { Button } from '../ui/button.tsx'
import { Door } from '../ui/door.tsx'
import { usePageTitle } from '../ui/page-title.ts'

/** One browser has one session: who was replaced in another tab is told so, instead of going on as somebody else. */
export function Replaced() {
  usePageTitle('Somebody else is signed in')
  const replaced = useSession((session) => session.replaced)
  const boot = useSession((session) => session.boot)
  const signOut = useSession((session) => session.signOut)
  const [isBusy, setBusy] = useState(false)
  if (replaced === null) return null
  const { former, next } = replaced
  return (
    <Door
      title={`${next.name} is signed in now`}
      intro={
        <>
          Another tab of this browser has signed in <strong className="font-mid text-ink">{next.email}</strong>, so this
          one no longer acts for {former.name} ({former.email}). A browser holds one session at a time; runs go on by
          themselves.
        </>
      }
    >
      <Button
        variant="primary"
        size="large"
        className="w-full"
        busy={isBusy}
        onClick={() => {
          setBusy(true)
          void boot().finally(() => setBusy(false))
        }}
      >
        Go on as {next.name}
      </Button>
      <Button size="large" className="mt-2 w-full" disabled={isBusy} onClick={() => void signOut()}>
        Sign {next.name} out, to sign in again
      </Button>
    </Door>
  )
}
