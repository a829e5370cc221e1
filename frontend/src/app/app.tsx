import type { User } from '@millrace/shared/api/auth'
import { QueryClientProvider } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { RouterProvider } from 'react-router/dom'
import { basePath } from '../api/base-path.ts'
import { replacedEvent, signedOutEvent } from '../api/http.ts'
import { createQueryClient } from '../api/query-client.ts'
import { useSession } from '../stores/session-store.ts'
import { Toaster } from '../ui/toast.tsx'
import { TooltipProvider } from '../ui/tooltip.tsx'
import { forgetWithPerson } from './forget-with-person.ts'
import { createAppRouter } from './routes.tsx'

export function App() {
  const [queryClient] = useState(createQueryClient)
  const [router] = useState(() => createAppRouter(basePath))
  const boot = useSession((session) => session.boot)
  const lose = useSession((session) => session.lose)
  const replace = useSession((session) => session.replace)

  useEffect(() => {
    const stopForgetting = forgetWithPerson(queryClient)
    void boot()
    const handleSignedOut = () => lose()
    const handleReplaced = (event: Event) => replace((event as CustomEvent<User>).detail)
    window.addEventListener(signedOutEvent, handleSignedOut)
    window.addEventListener(replacedEvent, handleReplaced)
    return () => {
      stopForgetting()
      window.removeEventListener(signedOutEvent, handleSignedOut)
      window.removeEventListener(replacedEvent, handleReplaced)
    }
  }, [boot, lose, replace, queryClient])

  return (
    <QueryClientProvider client={queryClient}>
      <TooltipProvider>
        <RouterProvider router={router} />
        <Toaster />
      </TooltipProvider>
    </QueryClientProvider>
  )
}
