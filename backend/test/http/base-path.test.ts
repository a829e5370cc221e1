import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectQuiet } from '../delivery/delivery-world.ts'
import { RawClient } from '../delivery/raw-client.ts'
import { type HttpApp, openHttpApp, ownerAccount, setUpOwner } from '../support/http-app.ts'

let http: HttpApp
let folder: string
let origin: string
let token: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-web-'))
  await writeFile(join(folder, 'index.html'), '<base href="/" /><title>Millrace</title>')
  http = await openHttpApp({ basePath: '/flows', webDir: folder })
  token = await setUpOwner(http)
  await http.app.listen({ port: 0, host: '127.0.0.1' })
  origin = `127.0.0.1:${(http.app.server.address() as AddressInfo).port}`
})
afterAll(async () => {
  await expectQuiet(http.manager)
  await http.close()
  await rm(folder, { recursive: true })
})

test('C03 serves API and page below a path, whether the proxy takes it away or not', async () => {
  for (const path of ['/flows/api/auth/state', '/api/auth/state']) {
    expect([path, (await http.send('GET', path)).status]).toEqual([path, 200])
  }
  expect((await http.send('GET', '/flowsapi/auth/state')).status).toBe(404)
  for (const path of ['/flows', '/flows/', '/flows/workflows/w1', '/flows/index.html', '/workflows/w1']) {
    const page = await http.app.inject({ url: path, headers: { accept: 'text/html' } })
    expect([path, page.statusCode]).toEqual([path, 200])
    expect(page.payload).toContain('<base href="/flows/"')
  }
})

test('C03 sends the cookie of a sign-in to the path that the browser sees', async () => {
  const { email, password } = ownerAccount
  const reply = await http.app.inject({ method: 'POST', url: '/flows/api/auth/login', payload: { email, password } })
  const cookies = reply.cookies.map(({ path }) => path)
  expect(reply.statusCode === 200 ? cookies : reply.json()).toEqual(['/flows/api/auth'])
})

test.each(['/flows/ws', '/ws'])('C03 opens a socket at %s', async (path) => {
  const client = await RawClient.open(`ws://${origin}${path}`, ['millrace.v1', `bearer.${token}`])
  client.send({ type: 'ping', id: 1 })
  expect(await client.next('pong')).toMatchObject({ id: 1 })
  await client.close()
})
