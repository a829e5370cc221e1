import { fileURLToPath } from 'node:url'
import vm from 'node:vm'
import { rolldown } from 'rolldown'
import { describe, expect, it } from 'vitest'
import { definition, node } from '../../test/build-definition.ts'
import { planOf } from '../../test/drive-run.ts'
import type { Plan } from './plan.ts'

const sharedFolder = fileURLToPath(new URL('../..', import.meta.url))

/** All that Temporal puts into a workflow's VM beyond the language, as far as the engine needs it. */
const workflowGlobals = { TextEncoder, TextDecoder }

/** What the workflow's VM loads: the interpreter and the rendering of set-ups. */
async function bundleEngine() {
  const bundle = await rolldown({
    input: fileURLToPath(new URL('./interpreter.ts', import.meta.url)),
    platform: 'neutral',
    // Anything that cannot be resolved inside the bundle is an import that the VM could not satisfy.
    onLog(_level, log, write) {
      if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message)
      write('warn', log)
    },
  })
  const { output } = await bundle.generate({ format: 'iife', name: 'engine', sourcemap: false })
  await bundle.close()
  const [chunk] = output
  return { code: chunk.code, modules: Object.keys(chunk.modules), imports: [...chunk.imports, ...chunk.dynamicImports] }
}

/** Runs a plan's start in a VM of its own. Everything passes as JSON, as payloads do: values of another realm never meet. */
async function startInside(plan: Plan, input: object, options: vm.CreateContextOptions = {}): Promise<unknown> {
  const { code } = await bundleEngine()
  const context = vm.createContext(
    { ...workflowGlobals, planJson: JSON.stringify(plan), inputJson: JSON.stringify(input) },
    options,
  )
  const outcome: unknown = vm.runInContext(
    `delete globalThis.Intl; ${code}
    const plan = JSON.parse(planJson)
    const started = { type: 'start', executionId: 'x', input: JSON.parse(inputJson), now: 1 }
    JSON.stringify(engine.step(plan, engine.createState(plan), started).state.outcome)`,
    context,
  )
  return JSON.parse(String(outcome))
}

describe('the engine as workflow code', () => {
  it('brings no module of Node, no schemas and no second file with it', async () => {
    const { modules, imports } = await bundleEngine()
    expect(imports).toEqual([])
    const packages = new Set(modules.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []))
    expect([...packages].sort()).toEqual(['@marcbachmann/cel-js', 'liquidjs'])
    expect(modules.filter((path) => /\/liquid\.node|\bzod\b/.test(path))).toEqual([])
    const own = modules.filter((path) => path.startsWith(sharedFolder)).map((path) => path.slice(sharedFolder.length))
    expect(own.filter((path) => !/^src\/(engine|errors|events\/event-id|json)/.test(path))).toEqual([])
  })

  it('runs where there is little but the language, and makes no code from text', async () => {
    const fields = [
      { name: 'text', kind: 'template', value: '{{ start.n | times: 2 }} {{ start }}' },
      { name: 'next', kind: 'cel', value: '[start.n + 1]' },
    ]
    const plan = planOf(
      definition(
        [
          node('start', 'start', { config: { fields: [{ name: 'n', type: 'number' }] } }),
          node('s', 'set', { config: { fields } }),
          node('c', 'condition', { config: { expression: 's.next[0] == 4' } }),
          node('out', 'output', { config: { fields: [{ name: 'text', kind: 'cel', value: 's.text' }] } }),
        ],
        ['start > s', 's > c', 'c:yes > out'],
      ),
    )
    const outcome = await startInside(plan, { n: 3 }, { codeGeneration: { strings: false, wasm: false } })
    expect(outcome).toEqual({ status: 'completed', outputs: { text: '6 {"n":3}' } })
  })

  it('tells expression failures by their code there too', async () => {
    const condition = node('c', 'condition', { config: { expression: 'start.missing' } })
    const plan = planOf(
      definition([node('start', 'start'), condition, node('out', 'output')], ['start > c', 'c:yes > out']),
    )
    expect(await startInside(plan, {})).toMatchObject({ status: 'failed', error: { code: 'EXPRESSION_FAILED' } })
  })
})
