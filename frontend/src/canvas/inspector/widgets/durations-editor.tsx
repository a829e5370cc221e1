import { DurationInput } from './duration-input.tsx'
import { ListEditor } from './list-editor.tsx'

/** As many as the schema takes, and the longest it takes. */
const durationsMax = 5
const longestMs = 30 * 86_400_000

export interface DurationsEditorProps {
  /** Milliseconds. */
  value: readonly number[]
  onChange: (value: number[]) => void
  disabled: boolean
}

/** Several spans, such as the times of reminders. */
export function DurationsEditor({ value, onChange, disabled }: DurationsEditorProps) {
  return (
    <ListEditor
      items={value}
      onChange={onChange}
      create={() => 3_600_000}
      max={durationsMax}
      noun="time"
      canMove={false}
      addLabel="Add a reminder"
      disabled={disabled}
    >
      {(span, change) => (
        <DurationInput
          value={span}
          maxMs={longestMs}
          disabled={disabled}
          onChange={(ms) => {
            if (ms !== null) change(ms)
          }}
        />
      )}
    </ListEditor>
  )
}
