import type { WorkflowEventOf } from '../../events/index.ts'
import { type VariableView, viewLimits } from '../execution-view.ts'

type Variables = Record<string, VariableView>

/** The variables after one of them has changed. Of each the newest versions are kept; one beyond the bound is in the log only. */
export function foldVariable(variables: Variables, event: WorkflowEventOf<'variable:changed'>): Variables {
  const { nodeId, varName, eventId, seq, timestamp, iteration, changeType, newValue } = event
  const key = `${nodeId}.${varName}`
  const known = Object.hasOwn(variables, key) ? variables[key] : undefined
  if (known === undefined && Object.keys(variables).length >= viewLimits.variablesMax) return variables
  const version = { eventId, seq, timestamp, iteration, changeType, value: newValue }
  const versions = [...(known?.versions ?? []), version].slice(-viewLimits.versionsKeptPerVariableMax)
  return { ...variables, [key]: { nodeId, varName, changeCount: (known?.changeCount ?? 0) + 1, versions } }
}

/** Takes back a version that never became true, and the variable with its last one. */
export function retractVariable(variables: Variables, eventId: string): Variables {
  const found = Object.entries(variables).find(([, { versions }]) => versions.some((one) => one.eventId === eventId))
  if (found === undefined) return variables
  const [key, variable] = found
  const versions = variable.versions.filter((one) => one.eventId !== eventId)
  const { [key]: _, ...others } = variables
  if (versions.length === 0) return others
  return { ...variables, [key]: { ...variable, changeCount: variable.changeCount - 1, versions } }
}
