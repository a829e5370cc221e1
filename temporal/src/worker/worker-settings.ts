/** Sizes of a worker process. The defaults fit 2 cores and 1 GB; measured on such a machine. */
export interface WorkerSettings {
  /** Runs kept in memory between their tasks. Each costs tens of kilobytes; the SDK's own bound knows the heap only. */
  cachedWorkflowsMax: number
  workflowTasksMax: number
  /** Effects at the same time. They mostly wait for other machines. */
  nodeEffectsMax: number
  /** Documents at the same time: heavy on the processor. */
  documentsMax: number
  /**
   * How long a run's next task waits for the worker that has the run in memory. Part of the time a run
   * stands still when its worker is killed.
   */
  stickyTimeoutMs: number
  /** Cancellations arrive with the answer to a heartbeat, so this is how soon an effect can learn of one. */
  heartbeatThrottleMs: number
  /** What is running may go on for so long while stopping. */
  shutdownGraceMs: number
  /** After it the worker ends whatever is left. */
  shutdownForceMs: number
}

export const defaultWorkerSettings: WorkerSettings = {
  cachedWorkflowsMax: 300,
  workflowTasksMax: 40,
  nodeEffectsMax: 100,
  documentsMax: 2,
  stickyTimeoutMs: 1000,
  heartbeatThrottleMs: 400,
  shutdownGraceMs: 5000,
  shutdownForceMs: 10_000,
}
