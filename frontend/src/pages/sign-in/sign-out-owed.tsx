import { useState } from 'react'
import { useSession } from '../../stores/session-store.ts'
import { Button } from '../../ui/button.tsx'

/** Says to who has just left that the server does not know it yet. */
export function SignOutOwed() {
  const isOwed = useSession((session) => session.isSignOutOwed)
  const signOut = useSession((session) => session.signOut)
  const [isBusy, setBusy] = useState(false)
  if (!isOwed) return null
  return (
    <section
      role="alert"
      aria-label="Signing out"
      className="mb-6 rounded-control border border-failed-line bg-failed-tint px-3 py-2.5 text-small"
    >
      <p className="font-mid text-failed-text">The server does not know yet that you have left</p>
      <p className="mt-1 text-pretty">
        It did not answer, so your sign-in still lives in this browser. It will be ended when this page is opened again,
        or before anybody signs in here. On a computer that is not yours, try again now.
      </p>
      <Button
        size="small"
        className="mt-2.5"
        busy={isBusy}
        onClick={() => {
          setBusy(true)
          void signOut().finally(() => setBusy(false))
        }}
      >
        Try again
      </Button>
    </section>
  )
}
