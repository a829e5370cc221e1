import clsx from 'clsx'
import { Tabs as RadixTabs } from 'radix-ui'
import type { ReactNode } from 'react'

export interface TabsProps<Value extends string> {
  value: Value
  onValueChange: (value: Value) => void
  tabs: readonly { value: Value; label: ReactNode; content: ReactNode }[]
  className?: string
  listClassName?: string
  contentClassName?: string
}

export function Tabs<Value extends string>({
  value,
  onValueChange,
  tabs,
  className,
  listClassName,
  contentClassName,
}: TabsProps<Value>) {
  return (
    <RadixTabs.Root
      value={value}
      onValueChange={(next) => {
        const chosen = tabs.find((tab) => tab.value === next)
        if (chosen !== undefined) onValueChange(chosen.value)
      }}
      className={clsx('flex min-h-0 flex-col', className)}
    >
      <RadixTabs.List className={clsx('flex shrink-0 gap-5 border-b', listClassName)}>
        {tabs.map((tab) => (
          <RadixTabs.Trigger
            key={tab.value}
            value={tab.value}
            className="-mb-px border-b-2 border-transparent py-2 font-mid text-ink-2 transition-colors hover:text-ink data-[state=active]:border-ink data-[state=active]:text-ink"
          >
            {tab.label}
          </RadixTabs.Trigger>
        ))}
      </RadixTabs.List>
      {tabs.map((tab) => (
        <RadixTabs.Content
          key={tab.value}
          value={tab.value}
          className={clsx('min-h-0 flex-1 outline-none', contentClassName)}
        >
          {tab.content}
        </RadixTabs.Content>
      ))}
    </RadixTabs.Root>
  )
}
