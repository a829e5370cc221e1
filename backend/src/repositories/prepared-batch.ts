import pg from 'pg'

/** A statement that is planned once per connection. `types`: SQL types of its parameters, in order. */
export interface PreparedStatement {
  name: string
  types: readonly SqlType[]
  text: string
}

type SqlType = 'text' | 'bigint' | 'int' | 'jsonb' | 'real' | 'text[]' | 'bigint[]' | 'int[]'
type SqlValue = string | number | null | readonly (string | number | null)[]

/** SQL text of one call, safe to be joined with others. */
export type PreparedCall = string

const preparedOn = new WeakMap<pg.PoolClient, Set<string>>()

/** `execute name(…)` with the values as literals. */
export function callOf(
  statement: PreparedStatement,
  ...values: SqlValue[]
): { statement: PreparedStatement; sql: PreparedCall } {
  const literals = statement.types.map((type, index) => literalOf(values[index] ?? null, type))
  return { statement, sql: `execute "${statement.name}"${literals.length === 0 ? '' : `(${literals.join(',')})`}` }
}

export type BatchStep = ReturnType<typeof callOf> | 'begin' | 'commit'

/**
 * Runs the steps one after the other in a single exchange with the server, results in the same order. Each
 * statement sees what the ones before it changed or waited for, as if sent alone; what is saved is the way
 * there and back, which is most of the cost of a small statement.
 */
export async function runBatch(client: pg.PoolClient, steps: readonly BatchStep[]): Promise<pg.QueryResult[]> {
  await prepareMissing(client, steps)
  const results = (await client.query(
    steps.map((step) => (typeof step === 'string' ? step : step.sql)).join(';'),
  )) as unknown
  return Array.isArray(results) ? (results as pg.QueryResult[]) : [results as pg.QueryResult]
}

async function prepareMissing(client: pg.PoolClient, steps: readonly BatchStep[]): Promise<void> {
  let known = preparedOn.get(client)
  if (known === undefined) preparedOn.set(client, (known = new Set()))
  for (const step of steps) {
    if (typeof step === 'string' || known.has(step.statement.name)) continue
    const { name, types, text } = step.statement
    await client.query(`prepare "${name}"${types.length === 0 ? '' : `(${types.join(',')})`} as ${text}`)
    known.add(name)
  }
}

function literalOf(value: SqlValue, type: SqlType): string {
  if (value === null) return `null::${type}`
  if (Array.isArray(value)) return `array[${value.map(scalarLiteral).join(',')}]::${type}`
  return `${scalarLiteral(value as string | number)}::${type}`
}

/** Text that Postgres cannot hold is made holdable: it knows no character U+0000. */
function scalarLiteral(value: string | number | null): string {
  if (value === null) return 'null'
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null'
  return pg.escapeLiteral(value.replaceAll('\u0000', '\uFFFD'))
}
