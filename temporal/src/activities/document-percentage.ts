import type { WorkStage } from './knowledge-activities.ts'

/** Share of the whole way per stage, in percent; together 100. Embedding dominates as soon as a model does it. */
export const stageShares: Record<WorkStage, number> = { extracting: 20, splitting: 10, embedding: 60, indexing: 10 }

/** Percent of the whole way when `completed` of `total` of a stage is done. */
export function documentPercentage(stage: WorkStage, completed: number, total: number): number {
  let before = 0
  for (const [name, share] of Object.entries(stageShares)) {
    if (name === stage) break
    before += share
  }
  const part = total <= 0 ? 0 : Math.min(1, Math.max(0, completed / total))
  return Math.round((before + stageShares[stage] * part) * 10) / 10
}
