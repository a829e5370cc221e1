import { AppError } from '../../errors/app-error.ts'
import { expressionLimits } from '../engine-limits.ts'

/** What Liquid calls while it renders: `check` before each part, `use` for what filters and loops make. */
export interface Limit {
  check: (count: number) => void
  use: (count: number) => void
}

export interface Budget {
  steps: Limit
  memory: Limit
  emitter: { buffer: string; write: (html: unknown) => void }
}

/** Budget of one rendering, in counts: a clock stands still inside a workflow, so a time limit would never end a loop there. */
export function createBudget(): Budget {
  let stepCount = 0
  let memoryUsed = 0
  const emitter = {
    buffer: '',
    write(html: unknown) {
      emitter.buffer += html === null || html === undefined ? '' : String(html)
      if (emitter.buffer.length > expressionLimits.templateCharactersMax) {
        throw new AppError(
          'OUTPUT_TOO_LARGE',
          { charactersMax: expressionLimits.templateCharactersMax },
          { message: 'The text that the template makes is too long.' },
        )
      }
    },
  }
  return {
    steps: {
      // Liquid passes the time; only the number of calls matters.
      check() {
        stepCount += 1
        if (stepCount > expressionLimits.templateStepsMax) throw new Error('The template takes too many steps.')
      },
      use() {},
    },
    memory: {
      check() {},
      use(count) {
        if (!(Number(count) > 0)) return
        memoryUsed += Number(count)
        if (memoryUsed > expressionLimits.templateMemoryMax) throw new Error('The template needs too much memory.')
      },
    },
    emitter,
  }
}
