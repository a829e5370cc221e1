import { errorCatalogue } from '../errors/catalogue.ts'
import type { EventError } from '../events/envelope.ts'
import type { JsonObject } from '../json.ts'
import { failNode } from './end-node.ts'
import { engineLimits } from './engine-limits.ts'
import { jsonBytes } from './json-size.ts'
import { generationOf, type StepDraft, tellOfRun } from './step-draft.ts'

/** A stop node that is reached: it fails with what its builder says, and whatever runs beside it is stopped as after any failure. */
export function stopAtNode(draft: StepDraft, nodeId: string, { outcome, reason }: JsonObject): void {
  const code = outcome === 'blocked' ? 'RUN_BLOCKED' : 'RUN_STOPPED'
  const said = String(reason ?? '').trim()
  // Whole or not at all: it is cut where secrets are masked, and the state must hold it until then.
  const isKept = said !== '' && jsonBytes(said) <= engineLimits.outputBytesMax
  const error: EventError = { code, message: isKept ? said : errorCatalogue[code].message }
  if (code === 'RUN_BLOCKED')
    tellOfRun(draft, generationOf(draft, nodeId), 'execution:blocked', { nodeId, reason: error.message })
  failNode(draft, nodeId, error)
}
