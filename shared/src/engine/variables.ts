import type { Json } from '../json.ts'
import { engineLimits } from './engine-limits.ts'
import type { NodeOutput } from './protocol.ts'
import { planNodeOf, type StepDraft, tellOfVariable } from './step-draft.ts'

/** JSON characters of a former value that is told again; of a longer one the event before has what is shown. */
const oldValueCharactersMax = 4096

/**
 * Tells which fields a set step gives another value than it gave before: in a loop, in the round before. Call before the
 * output takes the former one's place. What stays as it was is not told. The last one that the run may tell says so.
 */
export function tellVariables(draft: StepDraft, nodeId: string, output: NodeOutput): void {
  const values = recordOf(output)
  const former = recordOf(draft.state.outputs[nodeId])
  // Of a name that is there twice the last one counts.
  const indexOf = new Map(fieldNames(draft, nodeId).map((name, index) => [name, index]))
  for (const [varName, index] of indexOf) {
    const newValue = values[varName]
    if (newValue === undefined) continue
    const oldValue = Object.hasOwn(former, varName) ? former[varName] : undefined
    const oldJson = oldValue === undefined ? null : JSON.stringify(oldValue)
    if (oldJson === JSON.stringify(newValue)) continue
    const toldCount = draft.state.variablesTold ?? 0
    if (toldCount >= engineLimits.variableChangesMax) return
    draft.state.variablesTold = toldCount + 1
    const isRepeated = oldJson !== null && oldJson.length <= oldValueCharactersMax
    tellOfVariable(draft, nodeId, index, {
      varName,
      ...(isRepeated ? { oldValue } : {}),
      newValue,
      changeType: oldValue === undefined ? 'created' : 'updated',
      ...(toldCount + 1 === engineLimits.variableChangesMax ? { isLast: true } : {}),
    })
  }
}

function fieldNames(draft: StepDraft, nodeId: string): string[] {
  const { fields } = planNodeOf(draft, nodeId).config
  return Array.isArray(fields) ? fields.map((field) => String((field as { name?: Json }).name)) : []
}

function recordOf(output: NodeOutput | undefined): Record<string, Json> {
  if (output === undefined || !('value' in output)) return {}
  const { value } = output
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, Json>) : {}
}
