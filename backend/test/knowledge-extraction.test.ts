import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DocumentKind, documentKindOf, headBytes } from '../src/knowledge/document-kinds.ts'
import { extractFile } from '../src/knowledge/extraction/extract-file.ts'
import { extractionLimits } from '../src/knowledge/extraction/extraction-limits.ts'
import { docxOf, pdfOf, zipOf } from './support/document-fixtures.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-extraction-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

let files = 0
async function extract(
  kind: DocumentKind,
  content: string | Buffer,
  limits = extractionLimits,
  signal = new AbortController().signal,
) {
  const path = join(folder, `f${files++}`)
  await writeFile(path, content)
  const progress: [number, number][] = []
  const onProgress = async (completed: number, total: number) => void progress.push([completed, total])
  return { sections: await extractFile({ path, kind }, { signal, onProgress }, limits), progress }
}

describe('reads', () => {
  it('texts in UTF-8, UTF-16 and Latin-1', async () => {
    const text = 'Grüße aus Köln\nzweite Zeile'
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])
    for (const bytes of [
      Buffer.from(text),
      Buffer.from(`\uFEFF${text}`),
      utf16,
      Buffer.from(utf16).swap16(),
      Buffer.from(text.replace('\n', '\r\n'), 'latin1'),
    ]) {
      expect((await extract('text', bytes)).sections).toEqual([{ text }])
    }
    expect((await extract('text', 'a\u0000b')).sections).toEqual([{ text: 'a\uFFFDb' }])
  })

  it('markdown by its headings, and none inside code', async () => {
    const { sections } = await extract(
      'markdown',
      '---\na: b\n---\nIntro\n\n# Returns\n\nThirty days.\n\n## How *to*\n\n```\n# no heading\n```\n\n# Other\n',
    )
    expect(sections).toEqual([
      { text: 'Intro' },
      { heading: 'Returns', text: 'Thirty days.' },
      { heading: 'Returns > How to', text: '```\n# no heading\n```' },
    ])
  })

  it('html without its boilerplate', async () => {
    const page = `<!doctype html><html><head><title>Care</title><style>p{}</style></head><body><nav>Home</nav><script>alert(1)</script>
      <main><h1>Care guide</h1><p>Sweep <b>every</b> day.</p><ul><li>Dry cloth</li><li><p>No steam</p></li></ul>
      <table><tr><th>Oil</th><th>Days</th></tr><tr><td>Hard wax</td><td>14</td></tr></table></main><footer>© Oakline</footer></body></html>`
    const { sections } = await extract('html', page)
    expect(sections).toEqual([
      { heading: 'Care guide', text: 'Sweep every day.\n\n- Dry cloth\n- No steam\n\nOil | Days\nHard wax | 14' },
    ])
  })

  it('pdf page by page, with its progress', async () => {
    const { sections, progress } = await extract(
      'pdf',
      pdfOf([['Delivery terms', 'Free above 400 euros.'], [''], ['Third page (last)']]),
    )
    expect(sections).toEqual([
      { page: 1, text: 'Delivery terms\nFree above 400 euros.' },
      { page: 3, text: 'Third page (last)' },
    ])
    expect(progress.every(([completed, total]) => completed <= total && total === 3)).toBe(true)
  })

  it('docx with headings and tables', async () => {
    const { sections } = await extract(
      'docx',
      docxOf(['# Opening hours', 'We open at 9 & close at 18.', 'Monday | closed']),
    )
    expect(sections).toEqual([{ heading: 'Opening hours', text: 'We open at 9 & close at 18.\n\nMonday | closed' }])
  })

  it('csv as lines with headers, quoted or with semicolons', async () => {
    expect((await extract('csv', 'Article,Price\n"Plank, wide",49\n\nOil,\n')).sections).toEqual([
      { text: 'Article: Plank, wide; Price: 49\nArticle: Oil' },
    ])
    expect((await extract('csv', 'Artikel;Preis\nDiele;49,90')).sections).toEqual([
      { text: 'Artikel: Diele; Preis: 49,90' },
    ])
    expect((await extract('csv', '1,2\n3,4')).sections).toEqual([{ text: '1; 2\n3; 4' }])
  })
})

describe('refuses without harm', () => {
  const unreadable = { code: 'DOCUMENT_UNREADABLE' }

  it.each<[string, DocumentKind, () => Buffer, RegExp]>([
    ['a truncated pdf', 'pdf', () => pdfOf([['Hello']]).subarray(0, 60), /damaged/],
    ['a pdf of noise', 'pdf', () => Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(5000)]), /damaged/],
    ['a pdf with a password', 'pdf', () => pdfOf([['Secret']], { encrypt: true }), /password/],
    ['a docx of noise', 'docx', () => randomBytes(3000), /damaged/],
    ['a truncated docx', 'docx', () => docxOf(['Hello']).subarray(0, 900), /damaged/],
    ['a zip without a document', 'docx', () => zipOf([{ name: 'a.txt', content: 'x' }]), /damaged/],
    [
      'a protected office file',
      'docx',
      () => Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]),
      /password/,
    ],
  ])('%s', async (_, kind, bytes, message) => {
    await expect(extract(kind, bytes())).rejects.toMatchObject({
      ...unreadable,
      message: expect.stringMatching(message),
    })
  })

  it('a zip bomb, whatever sizes it claims', async () => {
    const bomb = docxOf(['Hello'], [{ name: 'word/media/a.bin', content: Buffer.alloc(40_000_000), claimedBytes: 10 }])
    expect(bomb.length).toBeLessThan(100_000)
    await expect(extract('docx', bomb, { ...extractionLimits, unpackedBytesMax: 20_000_000 })).rejects.toMatchObject({
      ...unreadable,
      message: expect.stringMatching(/unpacks to more/),
    })
  })

  it.each<[string, DocumentKind, string | Buffer]>([
    ['an empty text', 'text', ' \n'],
    ['a page with nothing but navigation', 'html', '<body><nav>Home</nav></body>'],
    ['a pdf of pictures', 'pdf', pdfOf([['']])],
    ['an empty table', 'csv', ''],
    ['a text without a single word', 'markdown', '# \n---\n***\n'],
  ])('%s as empty', async (_, kind, content) => {
    await expect(extract(kind, content)).rejects.toMatchObject({ code: 'DOCUMENT_EMPTY' })
  })

  it('a million nested elements: their text is read, quickly', async () => {
    const { sections } = await extract('html', `${'<div>'.repeat(1_000_000)}deep text${'</div>'.repeat(1_000_000)}`, {
      ...extractionLimits,
      timeoutMs: 20_000,
    })
    expect(sections).toEqual([{ text: 'deep text' }])
  })

  it('what takes too long, by ending its thread', async () => {
    // Unclosed paragraphs inside list items make every parser walk back over all of them.
    const slow = '<li><p>'.repeat(400_000)
    await expect(extract('html', slow, { ...extractionLimits, timeoutMs: 300 })).rejects.toMatchObject({
      ...unreadable,
      message: expect.stringMatching(/too long/),
    })
  })

  it('what needs too much memory, without hurting the process', async () => {
    const wide = `a,b\n${'1,2\n'.repeat(3_000_000)}`
    await expect(extract('csv', wide, { ...extractionLimits, heapMegabytesMax: 24 })).rejects.toMatchObject(unreadable)
  })

  it('more text or pages than the limit', async () => {
    await expect(
      extract('text', 'word '.repeat(100), { ...extractionLimits, textCharactersMax: 100 }),
    ).rejects.toMatchObject(unreadable)
    await expect(extract('pdf', pdfOf([['a'], ['b']]), { ...extractionLimits, pagesMax: 1 })).rejects.toMatchObject({
      ...unreadable,
      message: expect.stringMatching(/pages/),
    })
  })

  it('at once when it is cancelled', async () => {
    const stop = new AbortController()
    const reason = new Error('deleted')
    const running = extract('html', '<li><p>'.repeat(400_000), extractionLimits, stop.signal)
    setImmediate(() => stop.abort(reason))
    await expect(running).rejects.toBe(reason)
  })
})

describe('kinds', () => {
  it.each<[string, Buffer, DocumentKind]>([
    ['a.txt', Buffer.from('hello'), 'text'],
    ['README', Buffer.from('hello'), 'text'],
    ['a.MD', Buffer.from('# hello'), 'markdown'],
    ['a.htm', Buffer.from('<!doctype html><html></html>'), 'html'],
    ['a.xhtml', Buffer.from('<?xml version="1.0"?><html/>'), 'html'],
    ['a.csv', Buffer.from('a,b'), 'csv'],
    ['a.txt', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('hello', 'utf16le')]), 'text'],
    ['invoice', pdfOf([['x']]), 'pdf'],
    ['letter.txt', docxOf(['x']), 'docx'],
    ['broken.pdf', Buffer.from('no pdf'), 'pdf'],
  ])('%s', async (name, bytes, kind) => {
    expect(await documentKindOf(name, bytes.subarray(0, headBytes))).toBe(kind)
  })

  it.each<[string, Buffer]>([
    ['a.png', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['a.txt', Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010806000000', 'hex')],
    ['a.exe', Buffer.from('hello')],
    ['a.txt', Buffer.concat([Buffer.from('xx'), Buffer.alloc(50)])],
    ['a.zip', zipOf([{ name: 'x', content: 'x' }])],
  ])('refuses %s', async (name, bytes) => {
    await expect(documentKindOf(name, bytes)).rejects.toMatchObject({ code: 'UNSUPPORTED_DOCUMENT' })
  })
})
