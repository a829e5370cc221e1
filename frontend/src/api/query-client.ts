import { QueryClient } from '@tanstack/react-query'
import { isApiError } from './api-error.ts'

/** Answers of the server, kept for the tab. Lists are renewed by events; the times here are the fallback. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        gcTime: 10 * 60_000,
        // Twice more when nobody answered or the server was at fault; a refusal stays a refusal.
        retry: (failures, error) => failures < 2 && isApiError(error) && (error.status === 0 || error.status >= 500),
      },
      mutations: { retry: false },
    },
  })
}
