import { z } from 'zod'

/** Bounds of who is shown to whom. */
export const presenceLimits = {
  /** Characters of a state as JSON: a node's name and a place on the canvas, not a document. */
  stateCharactersMax: 512,
  /** Viewers that are named; `count` tells of all. */
  viewersMax: 100,
  /** Between two updates about one thing, milliseconds: four a second. */
  updateIntervalMs: 250,
} as const

export const PresenceState = z
  .record(z.string().max(64), z.json())
  .refine(
    (state) => JSON.stringify(state).length <= presenceLimits.stateCharactersMax,
    `The state may have ${presenceLimits.stateCharactersMax} characters as JSON.`,
  )
export type PresenceState = z.output<typeof PresenceState>

/** One connection that watches. A person with two windows is there twice. */
export const PresenceViewer = z.object({
  connectionId: z.string().max(64),
  userId: z.string().max(64),
  name: z.string().max(200),
  /** Epoch milliseconds. */
  since: z.number(),
  state: PresenceState.optional(),
})
export type PresenceViewer = z.output<typeof PresenceViewer>
