/** Where the product is mounted, from the page's `<base>`: empty at the root, else a path without a slash at its end. */
export const basePath: string = new URL('.', document.baseURI).pathname.replace(/\/$/, '')
