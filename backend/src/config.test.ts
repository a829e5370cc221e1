import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { settingsExample, settingsTable } from './config/describe-settings.ts'
import { settings } from './config/settings.ts'
import { ConfigError, isLoopback, loadConfig } from './config.ts'
import { defaultWebSocketSettings } from './websocket/websocket-settings.ts'

const root = resolve(import.meta.dirname, '../..')

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
  return []
}

test('has a good default for everything', () => {
  const config = loadConfig({})
  expect(config).toMatchObject({
    roles: 'all',
    server: { host: '127.0.0.1', port: 3001, allowedOrigins: [], queryToken: true, trustProxy: [] },
    dataDir: resolve('.millrace'),
    databaseUrl: null,
    temporal: { address: null, namespace: 'default', bin: null },
    embeddings: null,
    shutdownTimeoutMs: 10_000,
  })
})

test('names every fault at once, with what to do', () => {
  const faults = faultsOf({
    MILLRACE_PORT: '70000',
    MILLRACE_LOG_LEVEL: 'loud',
    MILLRACE_SECRET_KEY: 'short',
    MILLRACE_ALLOWED_ORIGINS: 'https://a.example/path',
    MILLRACE_TRUST_PROXY: 'maybe',
    DATABASE_URL: 'mysql://x',
    TEMPORAL_ADDRESS: 'nowhere',
  })
  expect(faults.map((fault) => fault.split(' ')[0]).toSorted()).toEqual([
    'DATABASE_URL',
    'MILLRACE_ALLOWED_ORIGINS',
    'MILLRACE_LOG_LEVEL',
    'MILLRACE_PORT',
    'MILLRACE_SECRET_KEY',
    'MILLRACE_TRUST_PROXY',
    'TEMPORAL_ADDRESS',
  ])
  expect(faults.join('\n')).toContain('openssl rand -base64 32')
})

test('wants a shared database and Temporal server where the work is shared', () => {
  expect(faultsOf({ MILLRACE_ROLES: 'worker' }).map((fault) => fault.split(' ')[0])).toEqual([
    'DATABASE_URL',
    'TEMPORAL_ADDRESS',
  ])
  const shared = { DATABASE_URL: 'postgres://u:p@db/m', TEMPORAL_ADDRESS: 'temporal:7233' }
  expect(faultsOf({ MILLRACE_ROLES: 'api', ...shared })).toEqual([])
})

test('C14 D15 takes the bounds of delivery from the environment, and names those that do not fit together', () => {
  const { sockets } = loadConfig({ MILLRACE_CONNECTIONS_PER_USER: '3', MILLRACE_HEARTBEAT_INTERVAL_MS: '10000' })
  expect(sockets).toMatchObject({ connectionsPerUserMax: 3, heartbeatIntervalMs: 10_000, deadAfterMs: 60_000 })
  // Without any of them it is what the delivery has by itself.
  expect(defaultWebSocketSettings).toMatchObject(loadConfig({}).sockets)
  const faults = faultsOf({
    MILLRACE_ROLES: 'api',
    DATABASE_URL: 'postgres://u:p@db/m',
    MILLRACE_HEARTBEAT_INTERVAL_MS: '40000',
    MILLRACE_RING_BYTES: '8388608',
    MILLRACE_RINGS_BYTES: '1048576',
  })
  expect(faults.map((fault) => fault.split(' ')[0])).toEqual([
    'TEMPORAL_ADDRESS',
    'MILLRACE_DEAD_AFTER_MS',
    'MILLRACE_RING_BYTES',
  ])
  expect(faults[1]).toContain('Set it to 80000 or more')
  expect(faultsOf({ MILLRACE_MESSAGES_PER_SECOND: '5' })[0]).toContain('a whole number from 20 to 100000')
})

test('never shows a secret, however it is printed', () => {
  const config = loadConfig({
    DATABASE_URL: 'postgres://u:hidden-1@db/m',
    MILLRACE_SECRET_KEY: Buffer.alloc(32, 'hidden-2').toString('base64'),
    MILLRACE_EMBEDDINGS_URL: 'https://embed.example/v1',
    MILLRACE_EMBEDDINGS_API_KEY: 'hidden-3',
  })
  const printed = [inspect(config, { depth: 9 }), JSON.stringify(config), `${config.databaseUrl}`].join('\n')
  expect(printed).not.toContain('hidden')
  expect(printed).not.toContain(Buffer.from('hidden-2').toString('base64').slice(0, 8))
  expect(printed).toContain('[redacted]')
  expect(config.databaseUrl?.reveal()).toBe('postgres://u:hidden-1@db/m')
})

test('cannot be changed afterwards', () => {
  const config = loadConfig({ MILLRACE_ALLOWED_ORIGINS: 'https://a.example' })
  expect(() => Object.assign(config.server, { port: 1 })).toThrow(TypeError)
  expect(() => config.server.allowedOrigins.push('x')).toThrow(TypeError)
})

test('takes an empty variable as not set, and tells of names it does not know', () => {
  const config = loadConfig({ MILLRACE_PORT: '', MILLRACE_PROT: '1', OTHER: 'x' })
  expect(config.server.port).toBe(3001)
  expect(config.unknownSettings).toEqual(['MILLRACE_PROT'])
})

test.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['localhost', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.1.5', false],
  ['127.0.0.1.example.org', false],
])('knows whether only this machine reaches %s: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected)
})

test('is described by docs/operations.md and .env.example, setting by setting', async () => {
  const operations = await readFile(resolve(root, 'docs/operations.md'), 'utf8')
  const rows = operations.split('\n').filter((line) => /^\| `[A-Z_]+` \|/.test(line))
  expect(rows).toEqual(settingsTable())
  const example = await readFile(resolve(root, '.env.example'), 'utf8')
  expect(example.trimEnd().endsWith(settingsExample().join('\n').trimEnd())).toBe(true)
  expect(Object.keys(settings)).toHaveLength(rows.length)
})

test('takes private model servers by host and port', () => {
  const { nodes } = loadConfig({ MILLRACE_MODEL_HOSTS: 'Localhost:11434, [::1]:8080,' })
  expect(nodes.modelHosts).toEqual(['localhost:11434', '[::1]:8080'])
  expect(faultsOf({ MILLRACE_MODEL_HOSTS: 'http://localhost:11434' })).toHaveLength(1)
  expect(faultsOf({ MILLRACE_MODEL_HOSTS: 'localhost' })).toHaveLength(1)
})
