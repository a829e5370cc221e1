import type { PromptChoice } from '@millrace/shared/nodes/prompt'
import clsx from 'clsx'

export interface ChoiceButtonProps {
  choice: PromptChoice
  /** The key that chooses it. */
  number: number
  /** The amber one of its group. */
  primary: boolean
  selected: boolean
  disabled: boolean
  onChoose: () => void
}

export function ChoiceButton({ choice, number, primary, selected, disabled, onChoose }: ChoiceButtonProps) {
  const help = choice.help ?? (choice.text === undefined ? null : `asks for: ${choice.text.label.toLowerCase()}`)
  return (
    <button
      type="button"
      disabled={disabled}
      onClick={onChoose}
      aria-keyshortcuts={String(number)}
      {...(choice.text === undefined ? {} : { 'aria-expanded': selected })}
      className={clsx(
        'flex min-h-[52px] w-full items-center gap-3 rounded-control border px-3.5 py-2 text-left transition-colors disabled:opacity-60',
        primary
          ? 'border-waiting-mark bg-waiting-fill text-on-waiting enabled:hover:bg-waiting-press'
          : 'border-line-strong bg-surface enabled:hover:bg-hover',
        selected && 'ring-2 ring-select',
      )}
    >
      <kbd
        aria-hidden="true"
        className={clsx(
          'grid size-5 shrink-0 place-items-center rounded-chip border font-ui text-small',
          primary ? 'border-[currentColor]' : 'border-line-strong text-ink-2',
        )}
      >
        {number}
      </kbd>
      <span className="min-w-0">
        <span className="block font-title">{choice.label}</span>
        {help !== null && (
          <span className={clsx('block text-small', primary ? 'text-on-waiting' : 'text-ink-2')}>{help}</span>
        )}
      </span>
    </button>
  )
}
