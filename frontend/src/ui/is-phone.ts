import { useSyncExternalStore } from 'react'

/** Narrower than Tailwind's `sm`, which is where the layouts change. */
const query = '(max-width: 639.98px)'

/** For what should not be there at all on a narrow window; what only looks different is a matter of classes. */
export function useIsPhone(): boolean {
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches)
}

function subscribe(onChange: () => void): () => void {
  const list = matchMedia(query)
  list.addEventListener('change', onChange)
  return () => list.removeEventListener('change', onChange)
}
