import type { Scope } from '@millrace/shared/engine/plan'
import type { EffectScope } from '@millrace/shared/engine/protocol'
import type { Json } from '@millrace/shared/json'
import type { EventOwner, OutputPort } from '../ports.ts'

/** The scope with references replaced by what they stand for. Throws AppError NOT_FOUND, DATABASE_UNAVAILABLE. */
export async function resolveScope(outputs: OutputPort, owner: EventOwner, scope: EffectScope): Promise<Scope> {
  const entries = Object.entries(scope).map(async ([name, output]): Promise<[string, Json]> => {
    return [name, 'value' in output ? output.value : await outputs.get(owner, output.ref.ref)]
  })
  return Object.fromEntries(await Promise.all(entries))
}
