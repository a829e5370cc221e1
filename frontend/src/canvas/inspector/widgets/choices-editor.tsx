import type { PromptChoice } from '@millrace/shared/nodes/prompt'
import { Input } from '../../../ui/input.tsx'
import { Switch } from '../../../ui/switch.tsx'
import { ExpressionField } from '../expression/expression-field.tsx'
import { ListEditor } from './list-editor.tsx'

/** The choices of a question; each is a way out of the step. */
export function ChoicesEditor({
  nodeId,
  value,
  onChange,
  disabled,
}: {
  nodeId: string
  value: readonly PromptChoice[]
  onChange: (value: PromptChoice[]) => void
  disabled: boolean
}) {
  return (
    <ListEditor
      items={value}
      onChange={onChange}
      create={() => newChoice(value)}
      max={9}
      noun="choice"
      addLabel="Add a choice"
      disabled={disabled}
    >
      {(choice, change) => (
        <>
          <div className="grid grid-cols-2 gap-2">
            <Input
              aria-label="Label of the choice"
              placeholder="Approve"
              value={choice.label}
              disabled={disabled}
              onChange={(event) => change({ ...choice, label: event.target.value })}
            />
            <Input
              aria-label="Id of the way out"
              mono
              placeholder="approve"
              value={choice.id}
              disabled={disabled}
              onChange={(event) => change({ ...choice, id: event.target.value })}
            />
          </div>
          <Input
            aria-label="Help for the choice"
            placeholder="What happens then"
            value={choice.help ?? ''}
            disabled={disabled}
            onChange={(event) =>
              change(event.target.value === '' ? without(choice, 'help') : { ...choice, help: event.target.value })
            }
          />
          <div className="flex items-center gap-2 text-small text-ink-2">
            <Switch
              aria-label="Ask for a text"
              checked={choice.text !== undefined}
              disabled={disabled}
              onCheckedChange={(asks) =>
                change(
                  asks ? { ...choice, text: { label: 'Text', required: true, initial: '' } } : without(choice, 'text'),
                )
              }
            />
            Ask for a text with it
          </div>
          {choice.text !== undefined && (
            <>
              <Input
                aria-label="Label of the text"
                value={choice.text.label}
                disabled={disabled}
                onChange={(event) => change({ ...choice, text: { ...textOf(choice), label: event.target.value } })}
              />
              <ExpressionField
                nodeId={nodeId}
                label="The text begins with"
                kind="template"
                optional
                value={choice.text.initial}
                disabled={disabled}
                onChange={(initial) => change({ ...choice, text: { ...textOf(choice), initial } })}
              />
            </>
          )}
        </>
      )}
    </ListEditor>
  )
}

function textOf(choice: PromptChoice): NonNullable<PromptChoice['text']> {
  return choice.text ?? { label: 'Text', required: true, initial: '' }
}

function without(choice: PromptChoice, key: 'help' | 'text'): PromptChoice {
  const { [key]: _gone, ...rest } = choice
  return rest as PromptChoice
}

function newChoice(others: readonly PromptChoice[]): PromptChoice {
  const taken = new Set(others.map(({ id }) => id))
  let number = others.length + 1
  while (taken.has(`choice_${number}`)) number += 1
  return { id: `choice_${number}`, label: `Choice ${number}` }
}
