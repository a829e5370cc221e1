import { executors as productExecutors } from '../executors/index.ts'
import type { EnginePorts } from '../ports.ts'
import type { EngineActivities } from './engine-activities.ts'
import { evaluateConfig } from './evaluate-config.ts'
import { finalizeExecution } from './finalize-execution.ts'
import { type Executors, runNode } from './run-node.ts'

/** The activities of the queue `engine`, bound to the world. `executors` is for tests that need an effect of their own. */
export function createEngineActivities(ports: EnginePorts, executors: Executors = productExecutors): EngineActivities {
  return {
    runNode: (task) => runNode(ports, executors, task),
    evaluateConfig: (task) => evaluateConfig(ports, task),
    admit: async () => undefined,
    finalize: (owner, request) => finalizeExecution(ports, owner, request),
  }
}
