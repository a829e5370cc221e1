/** Entry of the workflow bundle: every export is a workflow type. */
export { executeGraph } from './execute-graph.ts'
export { ingestDocument } from './ingest-document.ts'
