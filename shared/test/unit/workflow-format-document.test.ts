import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { renderConfig } from '../../src/engine/expressions/render-config.ts'
import { inputFieldsOf, validateRunInput } from '../../src/engine/run-input.ts'
import { validateDefinition } from '../../src/graph/validate.ts'
import { WorkflowDefinition } from '../../src/graph/workflow-definition.ts'
import type { JsonObject } from '../../src/json.ts'
import { driveRun, planOf } from '../drive-run.ts'
import { workflowFormatTables } from './workflow-format-tables.ts'

const path = new URL('../../../docs/workflow-format.md', import.meta.url)

function withTables(text: string): string {
  return Object.entries(workflowFormatTables).reduce(
    (done, [name, generated]) =>
      done.replace(
        new RegExp(`(<!-- begin ${name} -->\n)[^]*?(<!-- end ${name} -->)`),
        (_match, begin: string, end: string) => `${begin}\n${generated}\n\n${end}`,
      ),
    text,
  )
}

const written = readFileSync(path, 'utf8')
if (process.env.UPDATE_DOCS === '1') writeFileSync(path, withTables(written))
const text = readFileSync(path, 'utf8')

function jsonBlocks(): unknown[] {
  return [...text.matchAll(/```json\n([^]*?)```/g)].map(([, json = '']) => JSON.parse(json) as unknown)
}

describe('docs/workflow-format.md', () => {
  it('has the tables that the code makes', () => {
    expect(text).toBe(withTables(text))
    for (const name of Object.keys(workflowFormatTables)) expect(text).toContain(`<!-- begin ${name} -->`)
  })

  it('holds an example that is valid and runs as it says', () => {
    const example = jsonBlocks().find((block) => typeof block === 'object' && block !== null && 'format' in block)
    expect(WorkflowDefinition.parse(example)).toEqual(example)
    expect(validateDefinition(example)).toEqual([])
    const plan = planOf(example)
    const input = validateRunInput(inputFieldsOf(plan), { order: 'A-17', amount: '1200' })
    expect(input).toEqual({ ok: true, input: { order: 'A-17', amount: 1200 } })
    const asked: string[] = []
    const approvals = driveRun(plan, {
      input: input.ok ? input.input : {},
      answer: () => ({ choice: 'approve' }),
      effect: ({ config, expressions, scope }) => {
        const values = Object.fromEntries(
          Object.entries(scope).map(([id, output]) => [id, 'value' in output ? output.value : null]),
        ) as JsonObject
        asked.push(String(renderConfig(config, expressions, values).url))
        return { output: { status: 201, body: { id: 7 }, headers: {} } }
      },
    })
    expect(asked).toEqual(['https://shop.example/orders/A-17/refund'])
    expect(approvals.finishes).toEqual([
      { status: 'completed', outputs: { message: 'Refund 7 for A-17 is under way.', approved_by: 'Ann' } },
    ])
    const small = driveRun(plan, {
      input: { order: 'A-18', amount: 10 },
      effect: () => ({ output: { status: 201, body: { id: 8 }, headers: {} } }),
    })
    expect(small.finishes).toEqual([
      { status: 'completed', outputs: { message: 'Refund 8 for A-18 is under way.', approved_by: 'nobody' } },
    ])
    const rejected = driveRun(plan, { input: { order: 'A-19', amount: 900 }, answer: () => ({ choice: 'reject' }) })
    expect(rejected.finishes).toEqual([{ status: 'completed', outputs: {} }])
  })
})
