import { describe, expect, it } from 'vitest'
import { driveRun, planOf } from '../../test/drive-run.ts'
import { Template } from '../api/workflows.ts'
import { renderConfig } from '../engine/expressions/render-config.ts'
import { inputFieldsOf, validateRunInput } from '../engine/run-input.ts'
import { portsOf } from '../graph/ports-of.ts'
import { validateDefinition } from '../graph/validate.ts'
import type { JsonObject } from '../json.ts'
import { findTemplate, templates } from './index.ts'

/** Size of a card on the canvas, in pixels, with room around it. */
const card = { width: 248, height: 60, gap: 40 }

describe.each(templates.map((template) => [template.id, template] as const))('%s', (id, template) => {
  it('has the form of a template, runs without a problem and lists its nodes right', () => {
    expect(Template.parse(template)).toEqual(template)
    expect(validateDefinition(template.definition)).toEqual([])
    expect(template.nodeCount).toBe(template.definition.nodes.length)
    expect(findTemplate(id)).toBe(template)
  })

  it('accepts its own sample input', () => {
    expect(validateRunInput(inputFieldsOf(planOf(template.definition)), template.sampleInput)).toMatchObject({
      ok: true,
    })
  })

  it('is drawn from left to right without overlaps', () => {
    const { nodes, edges } = template.definition
    for (const a of nodes) {
      for (const b of nodes) {
        if (a !== b)
          expect(
            Math.abs(a.position.x - b.position.x) >= card.width + card.gap ||
              Math.abs(a.position.y - b.position.y) >= card.height + card.gap,
          ).toBe(true)
      }
    }
    const x = new Map(nodes.map((node) => [node.id, node.position.x]))
    for (const { source, target, loop } of edges)
      if (loop === undefined) expect(x.get(source)).toBeLessThan(x.get(target) ?? 0)
  })
})

describe('review desk', () => {
  const plan = planOf(findTemplate('review-desk')?.definition)
  const input = { topic: 'Canteen', audience: 'all', tone: 'brief' }
  const texts = ({ iteration }: { iteration: number }) => ({ output: { text: `Notice ${iteration}` } })

  it('publishes the draft as it stands, or as it was edited', () => {
    const as = (choice: string) =>
      driveRun(plan, { input, effect: texts, answer: () => ({ choice, text: 'My words' }) }).finishes[0]
    expect(as('approve')).toEqual({ status: 'completed', outputs: { notice: 'Notice 1', decision: 'approve' } })
    expect(as('edit')).toEqual({ status: 'completed', outputs: { notice: 'My words', decision: 'edit' } })
  })

  it('gives the model the feedback and the draft before', () => {
    const run = driveRun(plan, {
      input,
      effect: texts,
      answer: ({ iteration }): JsonObject =>
        iteration < 3 ? { choice: 'redo', text: `shorter ${iteration}` } : { choice: 'approve' },
    })
    const messages = run.commands.flatMap((command) => {
      if (command.type !== 'runNode') return []
      const scope = Object.fromEntries(
        Object.entries(command.scope).map(([id, output]) => [id, 'value' in output ? output.value : null]),
      )
      return [String(renderConfig(command.config, command.expressions, scope).user)]
    })
    expect(messages).toHaveLength(3)
    expect(messages[0]).not.toContain('feedback')
    expect(messages[2]).toContain('Notice 2')
    expect(messages[2]).toContain('shorter 2')
    expect(run.finishes[0]).toMatchObject({ status: 'completed', outputs: { notice: 'Notice 3' } })
  })

  it('asks with the draft in view, to be edited from there', () => {
    const run = driveRun(plan, { input, effect: texts })
    const asked = run.events.find((event) => event.type === 'user:input:required')
    expect(asked).toMatchObject({ inputType: 'choice', body: 'Notice 1' })
    expect(asked?.type === 'user:input:required' && asked.choices?.find(({ id }) => id === 'edit')?.text?.initial).toBe(
      'Notice 1',
    )
    expect(
      portsOf(
        findTemplate('review-desk')?.definition.nodes.find(({ id }) => id === 'approve') ?? { type: '', config: {} },
      ).map(({ id }) => id),
    ).toContain('expired')
  })
})

describe('ask my documents', () => {
  it('numbers the sources, one line each, and lists them with the answer', () => {
    const items = [
      { documentName: 'refunds.md', text: 'Within\n30 days.', score: 0.9 },
      { documentName: 'terms.md', text: 'See above.', score: 0.5 },
    ]
    const plan = planOf(findTemplate('ask-my-documents')?.definition)
    let message = ''
    const run = driveRun(plan, {
      input: { question: 'Refund?' },
      effect: ({ nodeId, config, expressions, scope }): { output: JsonObject } => {
        if (nodeId === 'search') return { output: { items, count: 2 } }
        const values = Object.fromEntries(
          Object.entries(scope).map(([id, output]) => [id, 'value' in output ? output.value : null]),
        ) as JsonObject
        message = String(renderConfig(config, expressions, values).user)
        return { output: { text: '30 days [1]' } }
      },
    })
    expect(message).toContain('[1] refunds.md: Within 30 days.\n[2] terms.md: See above.\n')
    expect(run.finishes[0]).toEqual({
      status: 'completed',
      outputs: {
        answer: '30 days [1]',
        sources: [
          { document: 'refunds.md', score: 0.9 },
          { document: 'terms.md', score: 0.5 },
        ],
      },
    })
  })
})
