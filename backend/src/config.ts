import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { type SettingName, settings } from './config/settings.ts'
import { type SocketConfig, socketConfigOf, socketConflicts } from './config/socket-settings.ts'
import type { Secret } from './secret.ts'

export type Roles = 'api' | 'worker' | 'all'

/** The settings of one process, checked and frozen. Every component takes its own slice. */
export interface Config {
  roles: Roles
  server: ServerConfig
  sockets: SocketConfig
  /** Of health and metrics for operators; null: no such port. */
  operationsPort: number | null
  /** Absolute. */
  dataDir: string
  databaseUrl: Secret | null
  /** Null: nothing but the database is between the processes. */
  redisUrl: Secret | null
  temporal: TemporalConfig
  /** Null: the key file of the data folder. */
  secretKey: Secret | null
  /** `modelHosts`: `host:port` of model servers that may be called although they are private. */
  nodes: { allowPrivateAddresses: boolean; modelHosts: string[]; concurrentStepsMax: number }
  /** Null: the built-in embedding. */
  embeddings: { baseUrl: string; model: string; apiKey: Secret | null; dimensions: number } | null
  logging: { level: string; format: 'text' | 'json' | null }
  shutdownTimeoutMs: number
  stopWithParent: boolean
  /** Names that look like settings of ours and are none: a misspelt one would silently do nothing. */
  unknownSettings: string[]
}

export interface ServerConfig {
  host: string
  port: number
  /** Path before everything that is served, without a slash at its end; empty: none. */
  basePath: string
  /** Absolute; null: only the API is served. */
  webDir: string | null
  allowedOrigins: string[]
  /** Addresses and networks of proxies that are believed; empty: none. */
  trustProxy: string[]
  queryToken: boolean
  socketCompression: boolean
  requestsPerMinuteMax: number
  signInsPerMinuteMax: number
}

export interface TemporalConfig {
  /** Null: the development server is started as a child. */
  address: string | null
  namespace: string
  bin: string | null
}

/** All faults of the settings at once; the message is for the person who starts the process. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(
      `${faults.length === 1 ? 'A setting is wrong' : `${faults.length} settings are wrong`}:\n${faults
        .map((fault) => `  ${fault}`)
        .join('\n')}\nSettings are environment variables; docs/operations.md lists them.`,
    )
    this.faults = faults
  }
}

const shape = Object.fromEntries(Object.entries(settings).map(([name, { schema }]) => [name, schema])) as {
  [Name in SettingName]: (typeof settings)[Name]['schema']
}
const Environment = z.object(shape)

const builtWebApp = fileURLToPath(new URL('../../frontend/dist', import.meta.url))

/** Reads the settings. Throws ConfigError, which names every fault. An empty variable counts as not set. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = Environment.safeParse(given)
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}.`))
  }
  const values = parsed.data
  const conflicts = [...missingSettings(values), ...socketConflicts(values)]
  if (conflicts.length > 0) throw new ConfigError(conflicts)
  return deepFreeze({
    roles: values.MILLRACE_ROLES,
    server: {
      host: values.MILLRACE_HOST,
      port: values.MILLRACE_PORT,
      basePath: values.MILLRACE_BASE_PATH,
      webDir: webDirOf(values.MILLRACE_WEB_DIR),
      allowedOrigins: values.MILLRACE_ALLOWED_ORIGINS,
      trustProxy: values.MILLRACE_TRUST_PROXY,
      queryToken: values.MILLRACE_QUERY_TOKEN,
      socketCompression: values.MILLRACE_SOCKET_COMPRESSION,
      requestsPerMinuteMax: values.MILLRACE_REQUESTS_PER_MINUTE,
      signInsPerMinuteMax: values.MILLRACE_SIGN_INS_PER_MINUTE,
    },
    sockets: socketConfigOf(values),
    operationsPort: values.MILLRACE_OPERATIONS_PORT ?? null,
    dataDir: resolve(values.MILLRACE_DATA_DIR),
    databaseUrl: values.DATABASE_URL ?? null,
    redisUrl: values.REDIS_URL ?? null,
    temporal: {
      address: values.TEMPORAL_ADDRESS ?? null,
      namespace: values.TEMPORAL_NAMESPACE,
      bin: values.MILLRACE_TEMPORAL_BIN ?? null,
    },
    secretKey: values.MILLRACE_SECRET_KEY ?? null,
    nodes: {
      allowPrivateAddresses: values.MILLRACE_ALLOW_PRIVATE_ADDRESSES,
      modelHosts: values.MILLRACE_MODEL_HOSTS,
      concurrentStepsMax: values.MILLRACE_CONCURRENT_STEPS,
    },
    embeddings:
      values.MILLRACE_EMBEDDINGS_URL === undefined
        ? null
        : {
            baseUrl: values.MILLRACE_EMBEDDINGS_URL,
            model: values.MILLRACE_EMBEDDINGS_MODEL,
            apiKey: values.MILLRACE_EMBEDDINGS_API_KEY ?? null,
            dimensions: values.MILLRACE_EMBEDDINGS_DIMENSIONS,
          },
    logging: { level: values.MILLRACE_LOG_LEVEL, format: values.MILLRACE_LOG_FORMAT ?? null },
    shutdownTimeoutMs: values.MILLRACE_SHUTDOWN_TIMEOUT_MS,
    stopWithParent: values.MILLRACE_PARENT === 'ipc',
    unknownSettings: unknownSettings(given),
  })
}

/** What processes that share the work need to find each other. */
function missingSettings(values: z.infer<typeof Environment>): string[] {
  const { MILLRACE_ROLES: roles } = values
  if (roles === 'all') return []
  const missing = (['DATABASE_URL', 'TEMPORAL_ADDRESS'] as const).filter((name) => values[name] === undefined)
  return missing.map((name) => `${name} is missing: MILLRACE_ROLES=${roles} shares it with other processes.`)
}

/** Read by scripts, tests and the build, not by this process. */
const foreignSettings = new Set(['MILLRACE_CACHE_DIR', 'MILLRACE_CHROMIUM', 'MILLRACE_REDIS_BIN', 'MILLRACE_DEV_API'])

function unknownSettings(env: Record<string, string | undefined>): string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith('MILLRACE_') && !(name in settings) && !foreignSettings.has(name))
    .filter((name) => !name.startsWith('MILLRACE_TEST_'))
}

function webDirOf(given: string | undefined): string | null {
  const folder = given === undefined ? builtWebApp : resolve(given)
  return existsSync(resolve(folder, 'index.html')) ? folder : null
}

function deepFreeze<Value extends object>(value: Value): Value {
  for (const part of Object.values(value)) if (isPlain(part)) deepFreeze(part)
  return Object.freeze(value)
}

function isPlain(value: unknown): value is object {
  return (
    Array.isArray(value) ||
    (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
  )
}

const loopbackHosts = new Set(['localhost', '127.0.0.1', '::1', '[::1]'])

/** Whether only this machine can reach an address that is listened on. */
export function isLoopback(host: string): boolean {
  return loopbackHosts.has(host) || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)
}

/** Whether requests are expected from elsewhere, by the address that is listened on or through a proxy. */
export function isOpenToOthers({ host, trustProxy }: Pick<ServerConfig, 'host' | 'trustProxy'>): boolean {
  return !isLoopback(host) || trustProxy.length > 0
}
