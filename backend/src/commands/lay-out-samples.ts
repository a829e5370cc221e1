import { templates } from '@millrace/shared/templates/index'
import type { EventOwner } from '@millrace/temporal/ports'
import type { FastifyBaseLogger } from 'fastify'
import { createFromTemplate, type TemplateDeps } from './create-from-template.ts'

/**
 * Gives a new workspace a workflow of each template, the gallery's first one as the newest. What fails is
 * logged and left out: the owner exists all the same, and the gallery still has it.
 */
export async function layOutSamples(deps: TemplateDeps, owner: EventOwner, log: FastifyBaseLogger): Promise<void> {
  const now = Date.now()
  for (const [index, template] of templates.entries()) {
    try {
      await createFromTemplate(deps, owner, template, { createdAt: now - index })
    } catch (err) {
      log.warn({ err, templateId: template.id }, 'a sample could not be laid out')
    }
  }
}
