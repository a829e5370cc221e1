import { apiKeyScopes, Role } from '@millrace/shared/api/auth'
import { expect, test } from 'vitest'
import { isPermitted, type Permission, permissionTable } from './permissions.ts'

const all = Object.keys(permissionTable) as Permission[]
const inPerson: Permission[] = ['manageOwnKeys', 'seeMembers', 'manageMembers', 'share']

test.each([
  ['owner', all.filter((permission) => permission !== 'seeDelivery')],
  ['editor', ['read', 'edit', 'run', 'answer', 'manageCredentials', 'manageOwnKeys', 'seeMembers', 'share']],
  ['operator', ['read', 'run', 'answer', 'manageOwnKeys', 'seeMembers']],
  ['viewer', ['read', 'manageOwnKeys', 'seeMembers']],
] as const)('gives the role %s %j', (role, expected) => {
  const given = all.filter((permission) => isPermitted({ role, scopes: null }, permission))
  expect(given.toSorted()).toEqual(expected.toSorted())
})

test('shows the counts of all workspaces to who set the installation up, not to owners of other workspaces', () => {
  expect(isPermitted({ role: 'owner', scopes: null, isInstaller: true }, 'seeDelivery')).toBe(true)
  expect(isPermitted({ role: 'owner', scopes: null }, 'seeDelivery')).toBe(false)
  expect(isPermitted({ role: 'editor', scopes: null, isInstaller: true }, 'seeDelivery')).toBe(false)
})

test('never lets a key do more than its role, nor make keys, links or members', () => {
  for (const role of Role.options) {
    for (const permission of all) {
      const asPerson = isPermitted({ role, scopes: null }, permission)
      expect(isPermitted({ role, scopes: [] }, permission)).toBe(false)
      const asKey = isPermitted({ role, scopes: apiKeyScopes }, permission)
      expect(asKey).toBe(asPerson && !inPerson.includes(permission))
    }
  }
})
