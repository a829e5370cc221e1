import { createHash } from 'node:crypto'
import { AppError } from '@millrace/shared/errors/app-error'
import { eventLimits } from '@millrace/shared/events/envelope'
import type { Json } from '@millrace/shared/json'
import type { EventOwner, OutputPort } from '@millrace/temporal/ports'
import { and, eq, inArray } from 'drizzle-orm'
import { SecretMasker } from '../events/secret-masker.ts'
import type { Maskers } from '../events/workspace-secrets.ts'
import type { Database } from './database.ts'
import { outputs } from './schema/events.ts'

/** Largest output of a step; beyond it the step fails with OUTPUT_TOO_LARGE. */
const outputBytesMax = 10 * 1024 * 1024

export interface OutputRepository extends OutputPort {
  /** As people may see it. Throws AppError NOT_FOUND. */
  getShown(owner: EventOwner, ref: string): Promise<Json>
}

/** Behind the name of an output: what is shown instead of it. */
const shownMark = '.shown'

/**
 * Outputs above what an event carries, stored once per workspace and content, as they are: later steps go on with them.
 * One with a secret in it has a masked copy beside it: what was kept out of sight stays so when the secret is forgotten.
 */
export function createOutputRepository(database: Database, maskers: Maskers = new SecretMasker()): OutputRepository {
  return {
    async put(owner, executionId, value) {
      const json = JSON.stringify(value)
      const bytes = Buffer.byteLength(json)
      if (bytes > outputBytesMax) throw new AppError('OUTPUT_TOO_LARGE', { bytes, bytesMax: outputBytesMax })
      const ref = createHash('sha256').update(json).digest('base64url')
      const shown = (await maskers.of(owner.workspaceId)).mask(value)
      const shownJson = JSON.stringify(shown)
      const row = { workspaceId: owner.workspaceId, ref, executionId, bytes, value: json, createdAt: Date.now() }
      const copies = shownJson === json ? [] : [{ ...row, ref: ref + shownMark, value: shownJson }]
      await database.orm
        .insert(outputs)
        .values([row, ...copies])
        .onConflictDoNothing()
      return { ref, bytes, preview: previewOf(shown, shownJson) }
    },
    async getShown(owner, ref) {
      const rows = await database.orm
        .select({ ref: outputs.ref, value: outputs.value })
        .from(outputs)
        .where(and(eq(outputs.workspaceId, owner.workspaceId), inArray(outputs.ref, [ref, ref + shownMark])))
      const row = rows.find((one) => one.ref === ref + shownMark) ?? rows[0]
      if (row === undefined) throw new AppError('NOT_FOUND', { ref })
      // A secret may have come to be known since.
      return (await maskers.of(owner.workspaceId)).mask(JSON.parse(row.value) as Json)
    },
    async get(owner: EventOwner, ref: string): Promise<Json> {
      const [row] = await database.orm
        .select({ value: outputs.value })
        .from(outputs)
        .where(and(eq(outputs.workspaceId, owner.workspaceId), eq(outputs.ref, ref)))
      if (row === undefined) throw new AppError('NOT_FOUND', { ref })
      return JSON.parse(row.value) as Json
    },
  }
}

/** Of what is masked already: of a secret across the cut not even the beginning is shown. */
function previewOf(shown: Json, json: string): string {
  const text = typeof shown === 'string' ? shown : json
  return text.slice(0, eventLimits.previewCharactersMax).toWellFormed()
}
