import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../lib/root.mjs'
import { readServerOptions } from '../lib/server-options.mjs'

test('listens on this machine only, at port 3001, and stores inside the clone by default', () => {
  expect(readServerOptions([], {})).toEqual({
    MILLRACE_PORT: '3001',
    MILLRACE_HOST: '127.0.0.1',
    MILLRACE_DATA_DIR: join(root, '.millrace'),
  })
})

test('an option wins over the environment', () => {
  const env = { MILLRACE_PORT: '4000', MILLRACE_HOST: '::1' }
  expect(readServerOptions(['--port', '0', '--data-dir', '/tmp/x'], env)).toEqual({
    MILLRACE_PORT: '0',
    MILLRACE_HOST: '::1',
    MILLRACE_DATA_DIR: '/tmp/x',
  })
})

test.each(['http', '-1', '65536', '3001.5', '', '1e3'])('refuses %j as a port and says what one is', (port) => {
  expect(() => readServerOptions([`--port=${port}`], {})).toThrow(/is not a port.*0 to 65535/)
})

test('names an unknown option and the known ones', () => {
  expect(() => readServerOptions(['--prot', '1'], {})).toThrow(/--prot.*--port, --host, --data-dir, --help/)
})

test('says where the dashes go when npm kept the option', () => {
  expect(() => readServerOptions([], { npm_config_port: '3005' })).toThrow(/npm start -- --port/)
})
