/**
 * Reads a long list a page per call, from where the last call ended, and from the beginning after its end, so
 * that everything in it has its turn however long it is.
 * @param read the page after a position; null: the first. A page shorter than `pageSize` is the last.
 */
export function rotatePages<Item>(
  pageSize: number,
  read: (after: Item | null, limit: number) => Promise<Item[]>,
): () => Promise<Item[]> {
  let last: Item | null = null
  return async () => {
    let page = await read(last, pageSize)
    if (page.length === 0 && last !== null) page = await read(null, pageSize)
    last = page.length < pageSize ? null : (page.at(-1) ?? null)
    return page
  }
}
