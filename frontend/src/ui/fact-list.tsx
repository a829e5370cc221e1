import type { ReactNode } from 'react'

/** Names and values in two columns, divided by hairlines. */
export function FactList({ facts }: { facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl>
      {facts.map(([name, value]) => (
        <div key={name} className="flex min-h-9 items-center gap-4 border-b py-1.5 last:border-b-0">
          <dt className="w-32 shrink-0 text-ink-2">{name}</dt>
          <dd className="min-w-0 flex-1 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
