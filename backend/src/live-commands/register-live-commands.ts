import type { CommandMessageType } from '@millrace/shared/protocol/command-messages'
import type { ClientMessageOf } from '@millrace/shared/protocol/messages'
import type { AppServices } from '../app-services.ts'
import type { DrawingChecks } from '../commands/check-drawing.ts'
import type { RateCounts } from '../plugins/rate-counts.ts'
import type { MessageHandler } from '../websocket/handlers/message-handler.ts'
import type { WebSocketManager } from '../websocket/websocket-manager.ts'
import { answerQuestion } from './answer-question.ts'
import { CommandRates } from './command-rates.ts'
import { executeWorkflow } from './execute-workflow.ts'
import type { LiveCommandDeps } from './live-command-deps.ts'
import { recordRun } from './record-run.ts'
import { validateDrawing } from './validate-drawing.ts'

/** Teaches delivery, which knows no commands, the messages that need them. */
export function registerLiveCommands(
  manager: WebSocketManager,
  {
    config,
    counts,
    ...services
  }: Pick<AppServices, 'config' | 'database' | 'events' | 'engine' | 'logger'> & {
    counts: RateCounts
    drawingChecks: DrawingChecks
  },
): void {
  const rates = new CommandRates({ perMinuteMax: config.requestsPerMinuteMax, counts })
  const handlers = createLiveCommands({ ...services, manager, rates })
  for (const [type, handler] of Object.entries(handlers)) {
    manager.registerHandler(type, handler as MessageHandler<unknown>)
  }
}

/** One handler per message that needs a command; the compiler asks for the next one. */
function createLiveCommands(deps: LiveCommandDeps): {
  [Type in CommandMessageType]: MessageHandler<ClientMessageOf<Type>>
} {
  return {
    'user:input:response': answerQuestion(deps),
    'workflow:execute': executeWorkflow(deps),
    'workflow:browser_result': recordRun(deps),
    'workflow:validate': validateDrawing(deps),
  }
}
