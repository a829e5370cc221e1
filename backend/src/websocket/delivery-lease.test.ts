import { expect, test } from 'vitest'
import { DeliveryLease } from './delivery-lease.ts'

test('holds nothing back where nobody ever extends it: the embedded product has no other process', () => {
  expect(new DeliveryLease().isHeld).toBe(false)
})

test('ends by itself, and says once that delivery goes on', () => {
  const lease = new DeliveryLease()
  const now = performance.now()
  expect([lease.extend(now + 60_000), lease.isHeld]).toEqual([false, false])
  // Extended too late: the look that succeeded had begun too long ago.
  expect([lease.extend(now - 1), lease.isHeld]).toEqual([false, true])
  expect([lease.extend(now - 1), lease.isHeld]).toEqual([false, true])
  expect([lease.extend(now + 60_000), lease.isHeld]).toEqual([true, false])
  expect(lease.extend(now + 60_000)).toBe(false)
})
