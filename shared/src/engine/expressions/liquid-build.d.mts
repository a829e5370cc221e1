export { Context, Liquid, type Template, toValueSync } from 'liquidjs'
