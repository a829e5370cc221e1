import { PassThrough } from 'node:stream'
import type { Prompt } from '@millrace/shared/api/prompts'
import { expect, test } from 'vitest'
import { answerFromWords, askForAnswer } from './compose-answer.ts'

const prompt = (fields: Partial<Prompt>): Prompt => ({
  requestId: 'r',
  executionId: 'e',
  workflowId: 'w',
  workflowName: 'W',
  nodeId: 'n',
  nodeName: 'N',
  iteration: 1,
  status: 'open',
  prompt: 'Well?',
  inputType: 'choice',
  validation: {},
  choices: [
    { id: 'redo', label: 'Redo', text: { label: 'Why?', required: true, initial: '' } },
    { id: 'approve', label: 'Approve' },
  ],
  requestedAt: 0,
  ...fields,
})
const none = { choice: undefined, text: undefined, fields: {} }

test('words become the response that the kind of question wants', () => {
  expect(answerFromWords(prompt({}), { ...none, choice: 'redo', text: 'shorter' })).toEqual({
    choice: 'redo',
    text: 'shorter',
  })
  expect(answerFromWords(prompt({ inputType: 'text' }), { ...none, choice: 'yes' })).toEqual({ text: 'yes' })
  expect(answerFromWords(prompt({ inputType: 'form' }), { ...none, fields: { a: '1' } })).toEqual({ a: '1' })
})

test('words that do not suit the kind of question are refused with what would', () => {
  expect(() => answerFromWords(prompt({}), { ...none, text: 'x' })).toThrow('Name a choice: redo, approve.')
  expect(() => answerFromWords(prompt({}), { ...none, fields: { a: '1' } })).toThrow('no fields')
  expect(() => answerFromWords(prompt({ inputType: 'form' }), { ...none, choice: 'x' })).toThrow('--field name=value')
})

test('at a terminal it asks again for a wrong choice, then for the text of the right one', async () => {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined })
  let written = ''
  const answers = [
    ['Choice: ', 'nothing\r'],
    ['Choice: ', '1\r'],
    ['Why? ', 'too long\r'],
  ]
  const write = (text: string) => {
    written += text
    // Typed only once it is asked for, as a person would.
    if (text === answers[0]?.[0]) setImmediate(() => stdin.write(answers.shift()?.[1] ?? ''))
  }
  expect(await askForAnswer({ stdin, stderr: { write } }, prompt({}))).toEqual({ choice: 'redo', text: 'too long' })
  expect(written).toContain('That is none of them.')
})
