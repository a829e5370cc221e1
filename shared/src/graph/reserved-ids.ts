import { celLanguageNames } from '../engine/expressions/cel-language-names.ts'

/** Ids that a node may not have: `run` is the run itself, the rest means something else in CEL, Liquid or JavaScript objects. */
const reserved = new Set([
  'run',
  // CEL: keywords, reserved words, types and name spaces
  'true',
  'false',
  'null',
  'in',
  'as',
  'break',
  'const',
  'continue',
  'else',
  'for',
  'function',
  'if',
  'import',
  'let',
  'loop',
  'package',
  'namespace',
  'return',
  'var',
  'void',
  'while',
  ...celLanguageNames,
  // Liquid: literals, operators, loop variables
  'nil',
  'empty',
  'blank',
  'and',
  'or',
  'not',
  'contains',
  'with',
  'forloop',
  'tablerowloop',
  // names every object has
  'constructor',
  'prototype',
  'toString',
  'toLocaleString',
  'valueOf',
  'hasOwnProperty',
  'isPrototypeOf',
  'propertyIsEnumerable',
])

export function isReservedId(id: string): boolean {
  return reserved.has(id)
}
