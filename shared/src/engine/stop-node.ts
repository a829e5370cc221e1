import { errorCatalogue } from '../errors/catalogue.ts'
import type { EventError } from '../events/envelope.ts'
import type { JsonObject } from '../json.ts'
import { failNode } from './end-node.ts'
import { generationOf, type StepDraft, tellOfRun } from './step-draft.ts'

/** Bounds of the events' schemas. */
const reasonCharactersMax = 4000

/** A stop node that is reached: it fails with what its builder says, and whatever runs beside it is stopped as after any failure. */
export function stopAtNode(draft: StepDraft, nodeId: string, { outcome, reason }: JsonObject): void {
  const code = outcome === 'blocked' ? 'RUN_BLOCKED' : 'RUN_STOPPED'
  const said = String(reason ?? '').trim()
  const error: EventError = { code, message: (said || errorCatalogue[code].message).slice(0, reasonCharactersMax) }
  if (code === 'RUN_BLOCKED')
    tellOfRun(draft, generationOf(draft, nodeId), 'execution:blocked', { nodeId, reason: error.message })
  failNode(draft, nodeId, error)
}
