import { cancelIngestion, startIngestion } from '@millrace/temporal/client/start-ingestion'
import type { EnginePorts } from '@millrace/temporal/ports'
import type { Client } from '@temporalio/client'
import type { KnowledgeServices } from '../knowledge/knowledge-services.ts'

/** The API side of knowledge bases, over the same ports that the engine has. */
export function createKnowledgeServices({
  ports,
  temporal,
  ...parts
}: Pick<KnowledgeServices, 'database' | 'files' | 'embeddings' | 'logger'> & {
  ports: EnginePorts
  temporal: { client: Client }
}): KnowledgeServices {
  return {
    ...parts,
    search: ports.knowledge,
    events: ports.events,
    async startIngestion(document, owner) {
      await startIngestion(temporal.client, { owner, document })
    },
    cancelIngestion: (documentId) => cancelIngestion(temporal.client, documentId),
  }
}
