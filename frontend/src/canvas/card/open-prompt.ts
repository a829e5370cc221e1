import type { PromptView } from '@millrace/shared/engine/execution-view'

/** The question that a step waits for; null while it asks none. The same object until the question changes. */
export function openPromptOf(prompts: Record<string, PromptView> | undefined, nodeId: string): PromptView | null {
  for (const prompt of Object.values(prompts ?? {})) {
    if (prompt.nodeId === nodeId && prompt.status === 'open') return prompt
  }
  return null
}
