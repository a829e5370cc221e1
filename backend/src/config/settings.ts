import { z } from 'zod'
import { Secret } from '../secret.ts'
import { type Setting, setting, whole, wholeBetween } from './setting.ts'
import { socketSettings } from './socket-settings.ts'
import { parseTrustedProxies } from './trusted-proxies.ts'

const secret = z
  .string()
  .min(1, 'is empty')
  .transform((value) => new Secret(value))

const switchValues = new Map([
  ['1', true],
  ['true', true],
  ['yes', true],
  ['on', true],
  ['0', false],
  ['false', false],
  ['no', false],
  ['off', false],
])

const toggle = (fallback: boolean) =>
  z
    .string()
    .refine((value) => switchValues.has(value.toLowerCase()), 'is neither true nor false')
    .transform((value) => switchValues.get(value.toLowerCase()) ?? fallback)
    .default(fallback)

const httpUrl = (message: string) => z.url({ protocol: /^https?$/, error: message }).max(2000)

/** Every environment variable the product reads. */
export const settings = {
  MILLRACE_PORT: setting('3001', 'Port of API, socket and web app; 0 takes a free one.', whole(0, 65_535, 3001)),
  MILLRACE_HOST: setting(
    '127.0.0.1',
    'Address to listen on. Setting up the owner from elsewhere than this machine needs the token printed at start.',
    z
      .string()
      .regex(/^[\w.:%-]+$/, 'is not an address to listen on')
      .default('127.0.0.1'),
  ),
  MILLRACE_BASE_PATH: setting(
    '',
    'Path under which a proxy serves the product, for example `/flows`. The proxy may pass it on or take it away.',
    z
      .string()
      .regex(/^(\/[\w.~-]+)*\/?$/, 'must be a path like /flows')
      .transform((path) => path.replace(/\/$/, ''))
      .default(''),
  ),
  MILLRACE_OPERATIONS_PORT: setting(
    '',
    'A second port, with `/live`, `/ready` and `/metrics` for whoever reaches it: for the network of the operators. The only one of a worker.',
    wholeBetween(0, 65_535).optional(),
  ),
  MILLRACE_DATA_DIR: setting(
    '.millrace',
    'Folder of everything that is kept: database, documents, keys, Temporal state. One process at a time unless `DATABASE_URL` is set.',
    z.string().min(1).default('.millrace'),
  ),
  MILLRACE_WEB_DIR: setting(
    'frontend/dist',
    'Folder of the built web app. Without an index.html in it only the API is served.',
    z.string().min(1).optional(),
  ),
  MILLRACE_ROLES: setting(
    'all',
    'What this process does: `api` serves, `worker` runs workflows, `all` does both. Other than `all` needs `DATABASE_URL` and `TEMPORAL_ADDRESS`.',
    z.enum(['api', 'worker', 'all'], { error: 'must be api, worker or all' }).default('all'),
  ),
  DATABASE_URL: setting(
    '',
    'A Postgres server, for example `postgres://user:password@host:5432/millrace`. Without it PGlite runs inside the data folder.',
    z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
      .transform((value) => new Secret(value))
      .optional(),
  ),
  REDIS_URL: setting(
    '',
    'A Redis server that tells the API processes of new events at once, for example `redis://:password@host:6379`. Without it they look into the database every second.',
    z
      .string()
      .regex(/^rediss?:\/\//, 'must begin with redis:// or rediss://')
      .transform((value) => new Secret(value))
      .optional(),
  ),
  TEMPORAL_ADDRESS: setting(
    '',
    'A Temporal server, `host:port`. Without it a development server runs as a child, with its state in the data folder.',
    z
      .string()
      .regex(/^[\w.-]+:\d{1,5}$|^\[[\da-fA-F:]+\]:\d{1,5}$/, 'must have the form host:port')
      .optional(),
  ),
  TEMPORAL_NAMESPACE: setting(
    'default',
    'Temporal namespace.',
    z
      .string()
      .regex(/^[\w.-]{2,255}$/, 'is not the name of a namespace')
      .default('default'),
  ),
  MILLRACE_TEMPORAL_BIN: setting(
    'found by `npm start`',
    'Path of the `temporal` executable for the development server.',
    z.string().min(1).optional(),
  ),
  MILLRACE_SECRET_KEY: setting(
    'made once, in the data folder',
    '32 random bytes in base64 (`openssl rand -base64 32`): signs access tokens and links to answer, and seals stored credentials. The same in every process.',
    z
      .string()
      .refine(
        (value) => Buffer.from(value, 'base64').length === 32,
        'must be 32 bytes in base64: openssl rand -base64 32',
      )
      .transform((value) => new Secret(value))
      .optional(),
  ),
  MILLRACE_ALLOWED_ORIGINS: setting(
    '',
    'Origins of other web pages that may call API and socket, with commas: `https://app.example.org`. The own one always may.',
    z
      .string()
      .transform((value) =>
        value
          .split(',')
          .map((origin) => origin.trim())
          .filter((origin) => origin !== ''),
      )
      .refine(
        (origins) => origins.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin),
        'must be origins like https://app.example.org, with commas and without a path',
      )
      .default([]),
  ),
  MILLRACE_TRUST_PROXY: setting(
    'false',
    'Set behind a reverse proxy: its addresses or networks, with commas (`10.0.0.7,172.18.0.0/16`), or `loopback`, `linklocal`, `uniquelocal`; `true` means these three. Takes address and protocol of a caller from the `X-Forwarded-*` of these alone.',
    z
      .string()
      .refine(
        (value) => parseTrustedProxies(value) !== null,
        'must be true, false, or addresses and networks of proxies with commas, like 10.0.0.7,172.18.0.0/16',
      )
      .transform((value) => parseTrustedProxies(value) ?? [])
      .default([]),
  ),
  MILLRACE_QUERY_TOKEN: setting(
    'true',
    'Accepts `?token=` on the socket, for clients that can set neither headers nor subprotocols. Addresses end up in logs of proxies.',
    toggle(true),
  ),
  MILLRACE_SOCKET_COMPRESSION: setting(
    'false',
    'Compresses messages for clients that ask for it (browsers do): worth it on slow links only, for it costs ten times the writing and 24 KiB a socket.',
    toggle(false),
  ),
  MILLRACE_ALLOW_PRIVATE_ADDRESSES: setting(
    'false',
    'Lets the step HTTP request, model servers and hooks reach loopback and private networks.',
    toggle(false),
  ),
  MILLRACE_MODEL_HOSTS: setting(
    '',
    'Model servers on this machine or a private network that credentials may name, `host:port` with commas: `localhost:11434`. Others there are refused. The same in every process.',
    z
      .string()
      .transform((value) =>
        value
          .split(',')
          .map((host) => host.trim().toLowerCase())
          .filter((host) => host !== ''),
      )
      .refine(
        (hosts) => hosts.every((host) => /^(?:[\w.-]+|\[[\da-f:.]+\]):\d{1,5}$/.test(host)),
        'must be hosts with their ports like localhost:11434, with commas',
      )
      .default([]),
  ),
  MILLRACE_REQUESTS_PER_MINUTE: setting(
    '6000',
    'Requests that one address may make in a minute, and one person or API key from all addresses together, commands over the socket included; more are answered 429.',
    whole(1, 10_000_000, 6000),
  ),
  MILLRACE_SIGN_INS_PER_MINUTE: setting(
    '10',
    'Sign-ins that one address may try for one e-mail address in a minute; for all e-mail addresses together 5 times as many, and from all addresses for one e-mail address 10 times.',
    whole(1, 100_000, 10),
  ),
  ...socketSettings,
  MILLRACE_CONCURRENT_STEPS: setting(
    '100',
    'Steps that one worker process runs at the same time.',
    whole(1, 10_000, 100),
  ),
  MILLRACE_EMBEDDINGS_URL: setting(
    '',
    'Base address of an OpenAI-compatible server for embeddings, for example `https://api.openai.com/v1`. Without it the built-in embedding works without a key.',
    httpUrl('must be an http(s) address').optional(),
  ),
  MILLRACE_EMBEDDINGS_MODEL: setting(
    'text-embedding-3-small',
    'Model asked there. A knowledge base keeps the one it was made with.',
    z.string().min(1).max(200).default('text-embedding-3-small'),
  ),
  MILLRACE_EMBEDDINGS_API_KEY: setting('', 'Key sent there.', secret.optional()),
  MILLRACE_EMBEDDINGS_DIMENSIONS: setting('1536', 'Length of its vectors.', whole(8, 4096, 1536)),
  MILLRACE_LOG_LEVEL: setting(
    'info',
    'Least level that is logged: trace, debug, info, warn, error, fatal or silent.',
    z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
        error: 'must be trace, debug, info, warn, error, fatal or silent',
      })
      .default('info'),
  ),
  MILLRACE_LOG_FORMAT: setting(
    'text on a terminal, else json',
    '`text` for people, `json` for machines.',
    z.enum(['text', 'json'], { error: 'must be text or json' }).optional(),
  ),
  MILLRACE_SHUTDOWN_TIMEOUT_MS: setting(
    '10000',
    'Longest time for draining after the first signal; what is left then is cut.',
    whole(100, 600_000, 10_000),
  ),
  MILLRACE_PARENT: setting(
    '',
    '`ipc`: stop when the process that started this one is gone. Set by `npm start`.',
    z.enum(['ipc'], { error: 'can only be ipc' }).optional(),
  ),
} as const satisfies Record<string, Setting>

export type SettingName = keyof typeof settings
