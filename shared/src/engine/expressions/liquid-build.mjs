// The build without file system and streams: the same file in Node, in the workflow's VM and in a browser.
// Plain JavaScript, because this path of the package has no types of its own; they are beside this file.
export { Context, Liquid, toValueSync } from 'liquidjs/dist/liquid.browser.mjs'
