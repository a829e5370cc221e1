import { createHash } from 'node:crypto'
import { AppError } from '@millrace/shared/errors/app-error'
import { eventLimits } from '@millrace/shared/events/envelope'
import type { Json } from '@millrace/shared/json'
import type { EventOwner, OutputPort } from '@millrace/temporal/ports'
import { and, eq } from 'drizzle-orm'
import { SecretMasker } from '../events/secret-masker.ts'
import type { Maskers } from '../events/workspace-secrets.ts'
import type { Database } from './database.ts'
import { outputs } from './schema/events.ts'

/** Largest output of a step; beyond it the step fails with OUTPUT_TOO_LARGE. */
const outputBytesMax = 10 * 1024 * 1024

/** Longest form of a key: 4000 characters, each escaped as three. */
const secretFormCharactersMax = 12_000

/**
 * Outputs above what an event carries, stored once per workspace and content, as they are: later steps go on with them.
 * Whoever shows one masks it; the preview is masked here, for events carry it.
 */
export function createOutputRepository(database: Database, maskers: Maskers = new SecretMasker()): OutputPort {
  return {
    async put(owner, executionId, value) {
      const json = JSON.stringify(value)
      const bytes = Buffer.byteLength(json)
      if (bytes > outputBytesMax) throw new AppError('OUTPUT_TOO_LARGE', { bytes, bytesMax: outputBytesMax })
      const ref = createHash('sha256').update(json).digest('base64url')
      await database.orm
        .insert(outputs)
        .values({ workspaceId: owner.workspaceId, ref, executionId, bytes, value: json, createdAt: Date.now() })
        .onConflictDoNothing()
      return {
        ref,
        bytes,
        preview: previewOf(typeof value === 'string' ? value : json, await maskers.of(owner.workspaceId)),
      }
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

/** Masked before it is cut: of a secret across the cut not even the beginning is shown. */
function previewOf(text: string, masker: SecretMasker): string {
  const { previewCharactersMax } = eventLimits
  const beginning = text.slice(0, previewCharactersMax + secretFormCharactersMax)
  return masker.maskText(beginning).slice(0, previewCharactersMax).toWellFormed()
}
