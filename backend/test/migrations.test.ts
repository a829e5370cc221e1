import { readFileSync } from 'node:fs'
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { prepareVectorIndex } from '../src/knowledge/search/prepare-vector-index.ts'
import { type Database, openDatabase } from '../src/repositories/database.ts'
import { migrateDatabase } from '../src/repositories/migrate-database.ts'
import * as schema from '../src/repositories/schema/index.ts'
import { openTestPglite, openTestPostgres, type TestDatabase } from './support/test-database.ts'

const folder = new URL('../src/migrations/', import.meta.url)

/** The part of drizzle-kit's picture of a schema that is compared with a database. */
interface Snapshot {
  tables: Record<string, Table>
}

interface Table {
  name: string
  columns: Record<string, { name: string; type: string; notNull: boolean }>
  indexes: Record<string, unknown>
}

const kitWanted = generateDrizzleJson(schema, undefined, undefined, 'snake_case')
const wanted = kitWanted as unknown as Snapshot

interface Journal {
  entries: { idx: number; tag: string }[]
}

const readJson = <Value>(path: string) => JSON.parse(readFileSync(new URL(path, folder), 'utf8')) as Value
const journal = readJson<Journal>('meta/_journal.json')

/** What a database calls the type of a column: a serial is a word for an integer with a sequence. */
const storedType = (type: string) => type.replace(/^bigserial$/, 'bigint')

/** `table.column type`, with `!` where it may not be null. */
function columnsOf({ tables }: Snapshot): string[] {
  return Object.values(tables)
    .flatMap(({ name: table, columns }) =>
      Object.values(columns).map(
        ({ name, type, notNull }) => `${table}.${name} ${storedType(type)}${notNull ? '!' : ''}`,
      ),
    )
    .toSorted()
}

const indexesOf = ({ tables }: Snapshot) =>
  Object.values(tables)
    .flatMap(({ indexes }) => Object.keys(indexes))
    .toSorted()

async function readColumns({ pool }: Database): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(`
    select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
      || case when a.attnotnull then '!' else '' end as line
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped`)
  return rows.map(({ line }) => line).toSorted()
}

/** Without those that stand for a constraint: the schema names those by their columns. */
async function readIndexes({ pool }: Database): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(`
    select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid
    where c.relnamespace = 'public'::regnamespace
      and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid)`)
  return rows.map(({ name }) => name).toSorted()
}

async function countApplied({ pool }: Database): Promise<number> {
  const { rows } = await pool.query<{ count: number }>('select count(*) as count from drizzle.__drizzle_migrations')
  return rows[0]?.count ?? 0
}

describe('the numbered migrations', () => {
  it('say all that the tables in the code say', async () => {
    const last = String(journal.entries.at(-1)?.idx ?? 0).padStart(4, '0')
    const stored = readJson<typeof kitWanted>(`meta/${last}_snapshot.json`)
    // Something here: run `npm run db:generate` and give the new file the name of its effect.
    expect(await generateMigration(stored, kitWanted)).toEqual([])
  })

  it('are numbered without a gap', () => {
    expect(journal.entries.map(({ tag }) => tag.slice(0, 4))).toEqual(
      journal.entries.map((_, index) => String(index).padStart(4, '0')),
    )
  })
})

describe.each([
  ['PGlite', openTestPglite],
  ['Postgres', openTestPostgres],
] as const)('a fresh %s', (_name, open) => {
  let test: TestDatabase | undefined
  let database: Database
  beforeAll(async () => {
    test = await open()
    database = test.database
  })
  afterAll(() => test?.close())

  it('has the tables of the code after all migrations', async () => {
    expect(await readColumns(database)).toEqual(columnsOf(wanted))
    expect(await readIndexes(database)).toEqual(indexesOf(wanted))
    expect(await countApplied(database)).toBe(journal.entries.length)
  })

  it('is left as it is by a second time', async () => {
    await migrateDatabase(database)
    expect(await readColumns(database)).toEqual(columnsOf(wanted))
    expect(await countApplied(database)).toBe(journal.entries.length)
  })

  it('differs by the column of pgvector only, once search has been prepared', async () => {
    const usesPgvector = await prepareVectorIndex(database, 384, () => undefined)
    await migrateDatabase(database)
    const added = (await readColumns(database)).filter((line) => !columnsOf(wanted).includes(line))
    expect(added).toEqual(usesPgvector ? ['chunks.vector vector'] : [])
  })
})

describe('processes that start together', () => {
  let server: TestDatabase | undefined
  const open: Database[] = []
  beforeAll(async () => {
    server = await openTestPostgres()
    await server.database.pool.query('create database together')
  })
  afterAll(async () => {
    for (const database of open) await database.close()
    await server?.close()
  })

  it('migrate one after the other', async () => {
    const databaseUrl = server?.url?.replace(/postgres$/, 'together') ?? ''
    for (let index = 0; index < 4; index += 1) {
      open.push(await openDatabase({ dataDir: server?.dataDir ?? '', databaseUrl, onFailure: () => undefined }))
    }
    await Promise.all(open.map((database) => migrateDatabase(database)))
    for (const database of open) expect(await readColumns(database)).toEqual(columnsOf(wanted))
    const [database] = open
    if (database === undefined) throw new Error('unreachable')
    expect(await countApplied(database)).toBe(journal.entries.length)
  })
})
