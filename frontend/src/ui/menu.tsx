import clsx from 'clsx'
import { Check } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import type { ReactNode } from 'react'
import { Kbd } from './kbd.tsx'

export interface MenuProps {
  trigger: ReactNode
  children: ReactNode
  side?: 'top' | 'right' | 'bottom' | 'left'
  align?: 'start' | 'center' | 'end'
}

export function Menu({ trigger, children, side = 'bottom', align = 'end' }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          side={side}
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className="z-50 min-w-44 animate-appear rounded-control border border-line bg-raised p-1 shadow-raised outline-none"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

export interface MenuItemProps {
  onSelect: () => void
  icon?: ReactNode
  kbd?: string
  danger?: boolean
  disabled?: boolean
  /** Shows a check: one of several, or on. */
  checked?: boolean
  children: ReactNode
}

export function MenuItem({ onSelect, icon, kbd, danger, disabled, checked, children }: MenuItemProps) {
  return (
    <DropdownMenu.Item
      onSelect={onSelect}
      disabled={disabled === true}
      className={clsx(
        'flex h-8 cursor-pointer items-center gap-2 rounded-chip px-2 outline-none data-[disabled]:text-ink-3 data-[highlighted]:bg-hover [&>svg]:size-4',
        danger === true ? 'text-failed-text data-[highlighted]:bg-failed-tint' : '[&>svg]:text-ink-2',
      )}
    >
      {icon}
      <span className="flex-1">{children}</span>
      {checked === true && <Check aria-label="chosen" />}
      {kbd !== undefined && <Kbd>{kbd}</Kbd>}
    </DropdownMenu.Item>
  )
}

export function MenuSeparator() {
  return <DropdownMenu.Separator className="my-1 h-px bg-line" />
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <DropdownMenu.Label className="px-2 pt-1.5 pb-1 text-small text-ink-3">{children}</DropdownMenu.Label>
}
