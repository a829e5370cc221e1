import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { expect, it, vi } from 'vitest'
import { readAnew } from './read-anew.ts'

it('a first read that is under way is followed by a second, so that no change falls between', async () => {
  const cache = new QueryClient()
  const first = Promise.withResolvers<string>()
  const read = vi.fn().mockReturnValueOnce(first.promise).mockResolvedValue('after')
  const observer = new QueryObserver(cache, { queryKey: ['prompts', 'list'], queryFn: read })
  const stop = observer.subscribe(() => undefined)
  readAnew(cache, { queryKey: ['prompts'] })
  expect(read).toHaveBeenCalledTimes(1)
  first.resolve('before')
  await vi.waitFor(() => expect(observer.getCurrentResult().data).toBe('after'))
  expect(read).toHaveBeenCalledTimes(2)
  stop()
  cache.clear()
})
