import clsx from 'clsx'
import { keyText } from './key-text.ts'

/** Keys, written for a Mac (`⌘↵`) and shown as this machine names them. `inherit` takes the colour of the button it sits in. */
export function Kbd({ children, tone = 'plain' }: { children: string; tone?: 'plain' | 'inherit' }) {
  return (
    <kbd
      className={clsx(
        'inline-flex h-[18px] min-w-[18px] items-center justify-center rounded-chip border px-1 font-ui text-micro leading-none pointer-coarse:hidden',
        tone === 'plain' ? 'border-line-strong bg-surface text-ink-2' : 'border-[currentColor] opacity-80',
      )}
    >
      {keyText(children)}
    </kbd>
  )
}
