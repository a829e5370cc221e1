import { Tooltip as RadixTooltip } from 'radix-ui'
import type { ReactNode } from 'react'
import { Kbd } from './kbd.tsx'

/** Belongs once around the app: tooltips next to each other then open without waiting again. */
export function TooltipProvider({ children }: { children: ReactNode }) {
  return (
    <RadixTooltip.Provider delayDuration={400} skipDelayDuration={200}>
      {children}
    </RadixTooltip.Provider>
  )
}

interface TooltipProps {
  content: ReactNode
  kbd?: string
  side?: 'top' | 'right' | 'bottom' | 'left'
  children: ReactNode
}

/** A word or a sentence about what it wraps; the child must take a ref and be focusable. */
export function Tooltip({ content, kbd, side = 'bottom', children }: TooltipProps) {
  return (
    <RadixTooltip.Root>
      <RadixTooltip.Trigger asChild>{children}</RadixTooltip.Trigger>
      <RadixTooltip.Portal>
        <RadixTooltip.Content
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className="z-60 flex max-w-72 animate-appear items-center gap-2 rounded-control border border-line bg-raised px-2 py-1.5 text-small text-ink shadow-raised"
        >
          <span>{content}</span>
          {kbd !== undefined && <Kbd>{kbd}</Kbd>}
        </RadixTooltip.Content>
      </RadixTooltip.Portal>
    </RadixTooltip.Root>
  )
}
