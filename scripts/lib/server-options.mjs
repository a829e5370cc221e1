import { resolve } from 'node:path'
import { parseOptions, UsageError } from './main.mjs'
import { root } from './root.mjs'

const PORT_DEFAULT = '3001'
/** Only this machine: a fresh installation has no owner account yet. */
const HOST_DEFAULT = '127.0.0.1'
const DATA_DIR_DEFAULT = '.millrace'

export const SERVER_OPTIONS_HELP = `  --port <number>     where to listen; 0 takes a free port (default ${PORT_DEFAULT}, or MILLRACE_PORT)
  --host <address>    which address to listen on (default ${HOST_DEFAULT}, or MILLRACE_HOST)
  --data-dir <path>   where everything is stored (default ${DATA_DIR_DEFAULT} in this folder, or MILLRACE_DATA_DIR)
  --help              this text
`

/**
 * @param {string[]} argv
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {{ MILLRACE_PORT: string, MILLRACE_HOST: string, MILLRACE_DATA_DIR: string }}
 */
export function readServerOptions(argv, env = process.env) {
  // npm takes "npm start --port 1" for an option of its own and passes nothing on.
  if (env.npm_config_port !== undefined && !argv.includes('--port')) {
    throw new UsageError('Put two dashes before the options, or npm keeps them: npm start -- --port 3001')
  }
  const options = parseOptions(argv, {
    port: { type: 'string' },
    host: { type: 'string' },
    'data-dir': { type: 'string' },
  })
  return {
    MILLRACE_PORT: checkPort(options.port ?? env.MILLRACE_PORT ?? PORT_DEFAULT),
    MILLRACE_HOST: checkHost(options.host ?? env.MILLRACE_HOST ?? HOST_DEFAULT),
    MILLRACE_DATA_DIR: resolve(root, options['data-dir'] ?? env.MILLRACE_DATA_DIR ?? DATA_DIR_DEFAULT),
  }
}

function checkPort(text) {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return text
  throw new UsageError(`"${text}" is not a port: a whole number from 0 to 65535 is needed, for example --port 3001`)
}

function checkHost(text) {
  if (/^[\w.:%-]+$/.test(text)) return text
  throw new UsageError(`"${text}" is not an address to listen on, for example --host 127.0.0.1 or --host 0.0.0.0`)
}
