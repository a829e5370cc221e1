/** Names that CEL gives a meaning of its own: types and name spaces. Never variables, so no node may be called so. */
export const celLanguageNames: ReadonlySet<string> = new Set([
  'bool',
  'int',
  'uint',
  'double',
  'string',
  'bytes',
  'list',
  'map',
  'null_type',
  'type',
  'dyn',
  'google',
  'cel',
  'optional',
  'math',
  'strings',
])
