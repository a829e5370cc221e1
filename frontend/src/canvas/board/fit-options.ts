import type { FitViewOptions } from '@xyflow/react'

/** All steps in sight, never enlarged: a card has its proper size at 100 %. Room for a loop above and labels at the right. */
export const fitOptions = {
  padding: { top: '72px', bottom: '64px', left: '32px', right: '56px' },
  maxZoom: 1,
  minZoom: 0.2,
  duration: 160,
} as const satisfies FitViewOptions

/** The same for a small canvas without controls at its edges. */
export const smallFitOptions = {
  padding: { top: '36px', bottom: '12px', left: '24px', right: '24px' },
  maxZoom: 1,
  minZoom: 0.2,
} as const satisfies FitViewOptions
