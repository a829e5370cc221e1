import type { Prompt } from '@millrace/shared/api/prompts'
import { useEffect, useEffectEvent, useRef } from 'react'

/** How long a closed question stays in sight before the next one takes its place, in milliseconds. */
const staysMs = 3500

/**
 * Lets a question that closes while it is looked at stay for a moment, so that its end can be read: who
 * answered, when and what. One that was closed when it was opened stays for good.
 */
export function useSoftClose(shown: Prompt | undefined, onGone: (requestId: string) => void): void {
  const seenOpenId = useRef<string | null>(null)
  const gone = useEffectEvent((requestId: string) => {
    if (shown?.requestId === requestId) onGone(requestId)
  })
  const requestId = shown?.requestId
  const status = shown?.status
  useEffect(() => {
    if (requestId === undefined) return
    if (status === 'open') {
      seenOpenId.current = requestId
      return
    }
    if (seenOpenId.current !== requestId) return
    const timer = setTimeout(() => gone(requestId), staysMs)
    return () => clearTimeout(timer)
  }, [requestId, status])
}
