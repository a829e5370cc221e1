import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: './src/repositories/schema/index.ts',
  out: './src/migrations',
  casing: 'snake_case',
  migrations: { prefix: 'index' },
})
