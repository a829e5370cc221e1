import type { QueryClient } from '@tanstack/react-query'
import { useSession } from '../stores/session-store.ts'

/** First words of the names of what a link alone opens, whoever is signed in. */
const ofLinks: readonly unknown[] = ['invitation', 'shared', 'prompt-link']

/**
 * Empties the cache whenever somebody else, or nobody, uses the tab, whatever brought that about: answers belong to who
 * asked. Returns how to stop.
 */
export function forgetWithPerson(cache: QueryClient): () => void {
  return useSession.subscribe((now, before) => {
    if (now.user?.id === before.user?.id) return
    cache.removeQueries({ predicate: ({ queryKey }) => !ofLinks.includes(queryKey[0]) })
    cache.getMutationCache().clear()
  })
}
