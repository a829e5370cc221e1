import type { ConnectionState } from '@millrace/shared/client/connection-state'
import type { SocketClient } from '@millrace/shared/client/socket-client'
import { isErrorCode } from '@millrace/shared/errors/app-error'
import { errorCatalogue } from '@millrace/shared/errors/catalogue'
import { CliError } from './cli-error.ts'

/** Says when the connection is lost and when it is back, and fails when the server refuses it for good. */
export function tellConnection(
  client: SocketClient,
  { note, fail }: { note: (text: string) => void; fail: (error: CliError) => void },
): void {
  let wasCut = false
  client.onState((state) => {
    const failure = whyStopped(state)
    if (failure !== null) fail(failure)
    if (state.status === 'offline' && !wasCut) note('The connection is lost; trying again.')
    if (state.status === 'live' && wasCut) note('Connected again; nothing was missed.')
    wasCut = state.status === 'offline' || (wasCut && state.status !== 'live')
  })
}

/** The failure behind a connection that gave up; null while it is still trying. */
function whyStopped({ status, lastError }: ConnectionState): CliError | null {
  if (status !== 'stopped') return null
  const code = lastError?.code ?? 'CONNECTION_LOST'
  return new CliError(code, isErrorCode(code) ? errorCatalogue[code].message : 'The server refused the connection.')
}
