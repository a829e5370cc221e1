import type { Template } from '../api/workflows.ts'
import { askMyDocuments } from './ask-my-documents.ts'
import { reviewDesk } from './review-desk.ts'

/** Workflows to begin with, in the order they are offered. */
export const templates: readonly Template[] = [reviewDesk, askMyDocuments]

export function findTemplate(id: string): Template | null {
  return templates.find((template) => template.id === id) ?? null
}
