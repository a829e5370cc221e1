import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, LookupFunction } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { HttpNodeRequest } from '@millrace/temporal/ports'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  createHttpClient,
  type HttpClient,
  type HttpClientOptions,
  httpClientDefaults,
} from '../src/providers/http-client.ts'

type Handler = (request: IncomingMessage & { text: string }, response: ServerResponse) => void

const open: (HttpClient | Server)[] = []

async function serve(handler: Handler): Promise<string> {
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const part of request.setEncoding('utf8')) text += String(part)
    handler(Object.assign(request, { text }), response)
  })
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function client(options: Partial<HttpClientOptions> = {}): HttpClient {
  const made = createHttpClient({ ...httpClientDefaults, allowPrivateAddresses: true, ...options })
  open.push(made)
  return made
}

function call(url: string, changes: Partial<HttpNodeRequest> = {}): HttpNodeRequest {
  return {
    method: 'GET',
    url,
    headers: [],
    timeoutMs: 5000,
    idempotencyKey: 'run-1/n1',
    signal: new AbortController().signal,
    ...changes,
  }
}

beforeEach(() => {
  open.length = 0
})
afterEach(async () => {
  for (const thing of open.toReversed()) {
    if ('closeAllConnections' in thing) thing.closeAllConnections()
    await (thing as { close(): unknown }).close()
  }
})

describe('requests', () => {
  it('sends method, headers, body and idempotency key; reads JSON', async () => {
    const base = await serve((request, response) => {
      response.setHeader('content-type', 'application/json; charset=utf-8')
      response.end(
        JSON.stringify({ method: request.method, headers: request.headers, text: request.text, url: request.url }),
      )
    })
    const request = call(`${base}/a?b=c#d`, {
      method: 'POST',
      headers: [{ name: 'X-Token', value: 'abc' }],
      body: '{"a":1}',
    })
    const answer = await client().request(request)
    expect(answer).toMatchObject({ status: 200, statusText: 'OK' })
    expect(answer.body).toMatchObject({
      method: 'POST',
      url: '/a?b=c',
      text: '{"a":1}',
      headers: { 'x-token': 'abc', 'content-type': 'application/json', 'idempotency-key': 'run-1/n1' },
    })
  })

  it('resolves any status, and reads broken JSON, latin-1 and NUL as text', async () => {
    const bodies: Record<string, [number, string, Buffer]> = {
      '/broken': [200, 'application/json', Buffer.from('{"a":')],
      '/latin': [404, 'text/plain; charset=iso-8859-1', Buffer.from('Grüße', 'latin1')],
      '/nul': [500, 'application/problem+json', Buffer.from('{"a":"x\\u0000\\ud800"}')],
    }
    const base = await serve((request, response) => {
      const [status, type, bytes] = bodies[request.url ?? ''] ?? [204, '', Buffer.alloc(0)]
      response.writeHead(status, { 'content-type': type }).end(bytes)
    })
    expect(await client().request(call(`${base}/broken`))).toMatchObject({ status: 200, body: '{"a":' })
    expect(await client().request(call(`${base}/latin`))).toMatchObject({ status: 404, body: 'Grüße' })
    expect(await client().request(call(`${base}/nul`))).toMatchObject({ status: 500, body: { a: 'x\uFFFD\uFFFD' } })
    expect(await client().request(call(`${base}/none`, { method: 'HEAD' }))).toMatchObject({
      status: 204,
      body: '',
      bytes: 0,
    })
  })

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ])('reads %s, and stops a small body that becomes a large one', async (encoding, compress) => {
    const base = await serve((request, response) => {
      response.writeHead(200, { 'content-encoding': encoding, 'content-type': 'text/plain' })
      response.end(compress(Buffer.alloc(request.url === '/bomb' ? 30_000_000 : 300, 'a')))
    })
    expect((await client().request(call(base))).body).toHaveLength(300)
    await expect(client().request(call(`${base}/bomb`))).rejects.toMatchObject({
      code: 'OUTPUT_TOO_LARGE',
      details: { bytesMax: 5 * 1024 * 1024 },
    })
  })

  it('stops reading an endless body', async () => {
    const closed = new Promise<void>((resolve) => {
      void serve((_, response) => {
        response.on('close', resolve)
        const more = () => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536)));
          response.once('drain', more)
        }
        more()
      }).then(async (base) => {
        await expect(client({ responseBytesMax: 1_000_000 }).request(call(base))).rejects.toMatchObject({
          code: 'OUTPUT_TOO_LARGE',
        })
      })
    })
    await closed
  })

  it('gives up at the deadline, before the head and within the body', async () => {
    const base = await serve((request, response) => {
      if (request.url === '/body') response.write('half')
    })
    for (const path of ['/head', '/body']) {
      await expect(client().request(call(base + path, { timeoutMs: 150 }))).rejects.toMatchObject({
        code: 'NODE_TIMEOUT',
        details: { timeoutMs: 150 },
      })
    }
  })

  it('ends with the reason of the signal', async () => {
    const stop = new AbortController()
    const reason = new Error('cancelled by a person')
    const base = await serve(() => stop.abort(reason))
    await expect(client().request(call(base, { signal: stop.signal }))).rejects.toBe(reason)
  })

  it('reports what cannot be reached as worth another try', async () => {
    const base = await serve((request, response) => (request.url === '/cut' ? response.destroy() : response.end()))
    await expect(client().request(call(`${base}/cut`))).rejects.toMatchObject({ code: 'HTTP_REQUEST_FAILED' })
    await expect(client().request(call('http://127.0.0.1:1/'))).rejects.toMatchObject({
      code: 'HTTP_REQUEST_FAILED',
      details: { reason: 'ECONNREFUSED' },
    })
    await expect(client().request(call('http://name.invalid/'))).rejects.toMatchObject({ code: 'HTTP_REQUEST_FAILED' })
  })

  it.each([
    ['Host', 'evil.example'],
    ['Content-Length', '0'],
    ['Transfer-Encoding', 'chunked'],
    ['Proxy-Authorization', 'x'],
    ['Bad Name', 'x'],
    ['X-Split', 'a\r\nX-Other: b'],
    ['X-Wide', '€'],
  ])('refuses the header %s', async (name, value) => {
    await expect(client().request(call('http://127.0.0.1:1/', { headers: [{ name, value }] }))).rejects.toMatchObject({
      code: 'NODE_CONFIG_INVALID',
    })
  })
})

describe('redirects', () => {
  it('are followed up to a bound, and a POST becomes a GET where it must', async () => {
    const base = await serve((request, response) => {
      if (request.url === '/loop') response.writeHead(302, { location: '/loop' }).end()
      else if (request.url === '/303') response.writeHead(303, { location: 'target?from=303' }).end()
      else if (request.url === '/307') response.writeHead(307, { location: '/target' }).end()
      else response.end(`${request.method} ${request.url} ${request.text}`)
    })
    const post = { method: 'POST', body: 'hello' }
    expect((await client().request(call(`${base}/303`, post))).body).toBe('GET /target?from=303 ')
    expect((await client().request(call(`${base}/307`, post))).body).toBe('POST /target hello')
    await expect(client().request(call(`${base}/loop`))).rejects.toMatchObject({
      code: 'HTTP_REQUEST_FAILED',
      details: { redirectsMax: 5 },
    })
  })

  it('carry no header to another origin that could be a secret', async () => {
    const target = await serve((request, response) => void response.end(JSON.stringify(request.headers)))
    const base = await serve((_, response) => void response.writeHead(302, { location: target }).end())
    const headers = ['Authorization', 'Cookie', 'X-Api-Key'].map((name) => ({ name, value: 'secret' }))
    expect((await client().request(call(base, { headers }))).body).not.toContain('secret')
  })

  it('are checked like the first address', async () => {
    const inner = await serve((_, response) => void response.end('inner'))
    const base = await serve(
      (request, response) =>
        void response.writeHead(302, { location: decodeURIComponent(request.url?.slice(1) ?? '') }).end(),
    )
    const guarded = client({ allowPrivateAddresses: false, allowedHosts: [new URL(base).host] })
    for (const target of [
      inner,
      'http://169.254.169.254/latest/meta-data',
      'file:///etc/passwd',
      'http://user:word@example.com/',
    ]) {
      await expect(guarded.request(call(`${base}/${encodeURIComponent(target)}`))).rejects.toMatchObject({
        code: 'HTTP_ADDRESS_REFUSED',
      })
    }
  })
})

describe('the address guard', () => {
  it.each([
    'http://127.0.0.1/',
    'http://localhost/',
    'http://[::1]/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://017700000001/',
    'http://127.1/',
    'http://0/',
    'http://10.0.0.1/',
    'http://192.168.0.1/',
    'http://169.254.169.254/latest/meta-data',
    'http://[fd00:ec2::254]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://①②⑦.⓪.⓪.①/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'http://user:word@example.com/',
  ])('refuses %s', async (url) => {
    await expect(client({ allowPrivateAddresses: false }).request(call(url))).rejects.toMatchObject({
      code: 'HTTP_ADDRESS_REFUSED',
    })
  })

  it.each(['', 'no url', 'http://', 'http://[::1', '/path'])('calls %j no address', async (url) => {
    await expect(client().request(call(url))).rejects.toMatchObject({ code: 'NODE_CONFIG_INVALID' })
  })

  it('judges the address that is dialled, whatever the name resolved to before', async () => {
    const base = await serve((_, response) => void response.end('inner'))
    const answers = [
      [
        { address: '93.184.216.34', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ],
      [{ address: '127.0.0.1', family: 4 }],
      [],
    ]
    let asked = 0
    const lookup: LookupFunction = (_, __, callback) => callback(null, answers[asked++] ?? [])
    const guarded = client({ allowPrivateAddresses: false, lookup })
    for (const _ of answers) {
      const url = `http://rebinding.example:${new URL(base).port}/`
      await expect(guarded.request(call(url))).rejects.toMatchObject({
        code: 'HTTP_ADDRESS_REFUSED',
        details: { host: 'rebinding.example' },
      })
    }
    expect(asked).toBe(answers.length)
  })

  it('lets one private host pass by its name and port', async () => {
    const base = await serve((_, response) => void response.end('feed'))
    const guarded = client({ allowPrivateAddresses: false, allowedHosts: [new URL(base).host] })
    expect((await guarded.request(call(base))).body).toBe('feed')
    await expect(guarded.request(call('http://127.0.0.1:1/'))).rejects.toMatchObject({ code: 'HTTP_ADDRESS_REFUSED' })
  })
})
