import type { Template } from '../api/workflows.ts'
import { askMyDocuments } from './ask-my-documents.ts'
import { reviewDesk } from './review-desk.ts'

/** Drawings that ship with the product, in the order of the gallery. The first one opens after set-up. */
export const templates: readonly Template[] = [reviewDesk, askMyDocuments]
