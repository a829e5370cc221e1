import { readFile, writeFile } from 'node:fs/promises'
import { Role } from '@millrace/shared/api/auth'
import { expect, test } from 'vitest'
import { defaultWebSocketSettings } from '../websocket/websocket-settings.ts'
import { membershipLimits } from './membership-limits.ts'
import { permissionTable } from './permissions.ts'

const file = new URL('../../../docs/roles.md', import.meta.url)

test('docs/roles.md says what the tables of permissions and bounds say', async () => {
  const text = await readFile(file, 'utf8')
  const generated = fill(fill(text, 'permissions', permissions()), 'bounds', bounds())
  if (process.env['UPDATE_DOCS'] === '1') await writeFile(file, generated)
  else expect(text, 'run it again with UPDATE_DOCS=1').toBe(generated)
})

function fill(text: string, name: string, table: string): string {
  const place = new RegExp(`(<!-- generated:${name} -->\n)[\\s\\S]*?(<!-- end -->)`)
  expect(text).toMatch(place)
  return text.replace(place, (_all, start: string, end: string) => `${start}${table}\n${end}`)
}

function permissions(): string {
  const rows = Object.values(permissionTable).map(({ doc, roles, scope }) => {
    const marks = Role.options.map((role) => (roles.includes(role) ? 'yes' : ''))
    return `| ${[doc, ...marks, scope === null ? 'in person only' : `\`${scope}\``].join(' | ')} |`
  })
  return [`| What | ${Role.options.join(' | ')} | scope of a key |`, '| --- '.repeat(6).concat('|'), ...rows].join('\n')
}

function bounds(): string {
  const { workspacesPerUserMax, membersPerWorkspaceMax, openInvitationsPerWorkspaceMax, openLinksPerExecutionMax } =
    membershipLimits
  const { apiKeysPerMemberMax, credentialsPerWorkspaceMax } = membershipLimits
  const rows = [
    [
      'workspaces of a person',
      workspacesPerUserMax,
      'every connection carries them and compares them before each write',
    ],
    ['members of a workspace', membersPerWorkspaceMax, 'the list is one answer'],
    ['API keys of a member in a workspace', apiKeysPerMemberMax, 'the list is one answer'],
    ['credentials of a workspace', credentialsPerWorkspaceMax, 'the list is one answer'],
    ['open invitations of a workspace', openInvitationsPerWorkspaceMax, 'each is a door'],
    ['open share links of an execution', openLinksPerExecutionMax, 'one per audience; who needs more needs accounts'],
    [
      'guests of a link at the same time, per process',
      defaultWebSocketSettings.connectionsPerLinkMax,
      'an audience must not crowd out people at work',
    ],
  ]
  return ['| At most | | because |', '| --- | --- | --- |', ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n')
}
