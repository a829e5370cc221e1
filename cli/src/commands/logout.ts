import type { Command } from '../command.ts'
import { readCredentials, removeCredentials } from '../credentials.ts'
import { exitCodes } from '../exit-codes.ts'
import { printJson, printLines } from '../print.ts'
import { openSession, revoke } from './login.ts'

export const logout: Command = {
  name: 'logout',
  summary: 'Forget the sign-in',
  usage: '[--revoke]',
  details: '  --revoke  end the key on the server too; asks for the password, for a key cannot end itself\n',
  options: { revoke: { type: 'boolean' } },
  positionals: { min: 0, max: 0 },
  async run(line, host) {
    const stored = await readCredentials(host)
    const isRevoked = stored?.apiKeyId !== undefined && line.flag('revoke')
    if (isRevoked) {
      const { accessToken } = await openSession(host, stored.url, stored.email)
      await revoke(stored.url, accessToken, stored)
    }
    await removeCredentials(host)
    if (line.flag('json')) printJson(host, [{ url: stored?.url ?? null, revoked: isRevoked }])
    else if (stored === null) printLines(host, ['Nobody was signed in.'])
    else {
      const rest = isRevoked ? 'Its key is revoked.' : 'Its key stays valid until it is revoked in the settings.'
      printLines(host, [`Signed out of ${stored.url}. ${rest}`])
    }
    return exitCodes.done
  },
}
