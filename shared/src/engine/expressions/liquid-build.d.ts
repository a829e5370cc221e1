/** The build without file system and streams: the same file in Node, in the workflow's VM and in a browser. */
declare module 'liquidjs/dist/liquid.browser.mjs' {
  export * from 'liquidjs'
}
