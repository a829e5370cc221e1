import clsx from 'clsx'
import type { ComponentProps, ReactNode } from 'react'

export function Card({ className, ...rest }: ComponentProps<'div'>) {
  return <div {...rest} className={clsx('rounded-card border bg-surface shadow-card', className)} />
}

/** A card with a title line, for pages made of a few sections. */
export function SectionCard({
  title,
  trailing,
  children,
  className,
}: {
  title: ReactNode
  trailing?: ReactNode
  children: ReactNode
  className?: string
}) {
  return (
    <section className={clsx('rounded-card border bg-surface shadow-card', className)}>
      <header className="flex min-h-11 items-center justify-between gap-3 px-5 pt-2">
        <h2 className="text-t3">{title}</h2>
        {trailing !== undefined && <div className="text-small text-ink-3">{trailing}</div>}
      </header>
      <div className="px-5 pt-1 pb-4">{children}</div>
    </section>
  )
}
