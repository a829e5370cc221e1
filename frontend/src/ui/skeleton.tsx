import clsx from 'clsx'

/** A grey bar where text will be. It appears after 200 ms, so that quick answers never flicker. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <span aria-hidden="true" className={clsx('block animate-late rounded-chip bg-line', className ?? 'h-4 w-full')} />
  )
}

/** Rows of a list that is on its way. */
export function SkeletonRows({ count = 6, className }: { count?: number; className?: string }) {
  return (
    <div role="status" aria-label="Loading" className={className}>
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className="flex h-14 items-center gap-3 border-b px-5 last:border-b-0">
          <Skeleton className="size-4 rounded-full" />
          <Skeleton className={clsx('h-3', index % 3 === 0 ? 'w-56' : index % 3 === 1 ? 'w-40' : 'w-64')} />
          <Skeleton className="ml-auto h-3 w-16" />
        </div>
      ))}
    </div>
  )
}
