export * from './events.ts'
export * from './identity.ts'
export * from './knowledge.ts'
export * from './workflows.ts'
