import { describe, expect, it } from 'vitest'
import { readDefinitionFile } from './definition-file.ts'

const file = (name: string, content: string) => new File([content], name, { type: 'application/json' })

describe('importing a workflow', () => {
  it('reads an exported definition and names it after the file', async () => {
    const definition = { format: 'millrace.workflow', formatVersion: 1, nodes: [], edges: [] }
    expect(await readDefinitionFile(file('review-desk.millrace.json', JSON.stringify(definition)))).toEqual({
      name: 'Review desk',
      definition,
    })
  })

  it('says in words what is wrong with any other file', async () => {
    expect(await readDefinitionFile(file('a.json', '{'))).toEqual({ problem: expect.stringContaining('not JSON') })
    const stranger = JSON.stringify({ nodes: [{ id: '1 bad', type: 'llm', name: 'x' }], edges: [] })
    expect(await readDefinitionFile(file('b.json', stranger))).toEqual({
      problem: expect.stringContaining('nodes.0.id'),
    })
    const huge = file('c.json', 'x')
    Object.defineProperty(huge, 'size', { value: 3_000_000 })
    expect(await readDefinitionFile(huge)).toEqual({ problem: expect.stringContaining('too large') })
  })
})
