import type { FitViewOptions } from '@xyflow/react'

/** All steps in sight, never enlarged: a card has its proper size at 100 %. */
export const fitOptions = {
  padding: { top: '72px', bottom: '72px', left: '32px', right: '56px' },
  maxZoom: 1,
  minZoom: 0.2,
  duration: 160,
} as const satisfies FitViewOptions
