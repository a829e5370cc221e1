import { config } from 'zod'

// The page's policy forbids eval, and the schema library would try it once to find out. Imported before any schema.
config({ jitless: true })
