import { apiKeyScopes, Role } from '@millrace/shared/api/auth'
import { expect, test } from 'vitest'
import { isPermitted, type Permission } from './permissions.ts'

const all: Permission[] = ['read', 'edit', 'run', 'answer', 'manageCredentials', 'seeDelivery', 'manageOwnKeys']

test.each([
  ['owner', all],
  ['editor', all.filter((permission) => permission !== 'seeDelivery')],
  ['operator', ['read', 'run', 'answer', 'manageOwnKeys']],
  ['viewer', ['read', 'manageOwnKeys']],
] as const)('gives the role %s %j', (role, expected) => {
  expect(all.filter((permission) => isPermitted({ role, scopes: null }, permission))).toEqual(expected)
})

test('never lets a key do more than its role, nor make keys', () => {
  for (const role of Role.options) {
    for (const permission of all) {
      const asPerson = isPermitted({ role, scopes: null }, permission)
      expect(isPermitted({ role, scopes: [] }, permission)).toBe(false)
      const asKey = isPermitted({ role, scopes: apiKeyScopes }, permission)
      expect(asKey).toBe(asPerson && permission !== 'manageOwnKeys')
    }
  }
})
