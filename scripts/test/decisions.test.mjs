import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const folder = new URL('../../docs/adr/', import.meta.url)
const files = readdirSync(folder).toSorted()

test('every decision has a number of its own, which its heading repeats', () => {
  expect(files.length).toBeGreaterThan(0)
  const numbers = files.map((name) => /^(\d{4})-[a-z0-9-]+\.md$/.exec(name)?.[1] ?? name)
  expect(numbers).toEqual(files.map((_, index) => String(index + 1).padStart(4, '0')))
  const headings = files.map((name) => readFileSync(new URL(name, folder), 'utf8').split('\n', 1)[0]?.slice(0, 7))
  expect(headings).toEqual(numbers.map((number) => `# ${number}:`))
})
