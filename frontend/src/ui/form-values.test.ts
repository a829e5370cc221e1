import type { FormField } from '@millrace/shared/nodes/field'
import { describe, expect, it } from 'vitest'
import { initialDraft, readForm } from './form-values.ts'

const field = (more: Partial<FormField> & { name: string }): FormField => ({
  label: '',
  type: 'text',
  required: false,
  ...more,
})

describe('typed forms', () => {
  it('begin with the defaults of their fields', () => {
    const fields = [
      field({ name: 'a', default: 'x' }),
      field({ name: 'b', type: 'boolean', default: true }),
      field({ name: 'c', type: 'json', default: { k: 1 } }),
      field({ name: 'd', type: 'number', default: 0 }),
    ]
    expect(initialDraft(fields)).toEqual({ a: 'x', b: true, c: '{\n  "k": 1\n}', d: '0' })
  })

  it('read values by type and leave empty optional fields out', () => {
    const fields = [
      field({ name: 'n', type: 'number' }),
      field({ name: 'j', type: 'json' }),
      field({ name: 't' }),
      field({ name: 'on', type: 'boolean' }),
    ]
    expect(readForm(fields, { n: ' 4.5 ', j: '[1]', t: '', on: false })).toEqual({
      values: { n: 4.5, j: [1], on: false },
      errors: {},
    })
  })

  it('name each fault at its field', () => {
    const fields = [
      field({ name: 'r', label: 'Topic', required: true }),
      field({ name: 'n', type: 'number', max: 10 }),
      field({ name: 'j', type: 'json' }),
      field({ name: 'l', maxLength: 2 }),
    ]
    const { errors } = readForm(fields, { r: '  ', n: '11', j: '{', l: 'abc' })
    expect(errors).toEqual({
      r: 'Enter topic.',
      n: 'At most 10.',
      j: 'This is not valid JSON.',
      l: 'At most 2 characters.',
    })
  })
})
