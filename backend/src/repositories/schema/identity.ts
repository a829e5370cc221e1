import { boolean, index, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { bytea, epochMs } from './columns.ts'

export const users = pgTable(
  'users',
  {
    id: text().primaryKey(),
    /** Lower case. */
    email: text().notNull(),
    name: text().notNull(),
    /** argon2id, encoded with its parameters. */
    passwordHash: text().notNull(),
    isOwner: boolean().notNull().default(false),
    createdAt: epochMs().notNull(),
  },
  (table) => [uniqueIndex('users_email').on(table.email)],
)

export const workspaces = pgTable('workspaces', {
  id: text().primaryKey(),
  name: text().notNull(),
  createdAt: epochMs().notNull(),
})

export const memberships = pgTable(
  'memberships',
  {
    workspaceId: text()
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    userId: text()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    role: text({ enum: ['owner', 'editor', 'operator', 'viewer'] }).notNull(),
    createdAt: epochMs().notNull(),
  },
  (table) => [primaryKey({ columns: [table.workspaceId, table.userId] }), index('memberships_user').on(table.userId)],
)

/**
 * One sign-in of a person in a browser. It is good until it is ended or expires, whatever its tokens say; whoever
 * carries it on or ends it holds its row, so that of both at the same moment the end counts.
 */
export const signIns = pgTable(
  'sign_ins',
  {
    id: text().primaryKey(),
    userId: text()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: epochMs().notNull(),
    /** Of its latest token. */
    expiresAt: epochMs().notNull(),
    revokedAt: epochMs(),
  },
  (table) => [index('sign_ins_user').on(table.userId), index('sign_ins_expiry').on(table.expiresAt)],
)

/** A browser's right to fresh access tokens. Rotated at each use; a used one that returns ends the whole sign-in. */
export const refreshTokens = pgTable(
  'refresh_tokens',
  {
    id: text().primaryKey(),
    /** The sign-in that it carries on. */
    familyId: text()
      .notNull()
      .references(() => signIns.id, { onDelete: 'cascade' }),
    /** SHA-256 of the token. */
    tokenHash: text().notNull(),
    createdAt: epochMs().notNull(),
    expiresAt: epochMs().notNull(),
    usedAt: epochMs(),
  },
  (table) => [
    uniqueIndex('refresh_tokens_hash').on(table.tokenHash),
    index('refresh_tokens_family').on(table.familyId),
  ],
)

export const apiKeys = pgTable(
  'api_keys',
  {
    id: text().primaryKey(),
    workspaceId: text()
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    userId: text()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    /** SHA-256 of the key. The key itself is shown once and never stored. */
    keyHash: text().notNull(),
    /** First characters, to recognise it in a list. */
    prefix: text().notNull(),
    scopes: jsonb().$type<string[]>().notNull(),
    createdAt: epochMs().notNull(),
    lastUsedAt: epochMs(),
    revokedAt: epochMs(),
  },
  (table) => [uniqueIndex('api_keys_hash').on(table.keyHash)],
)

export const credentials = pgTable(
  'credentials',
  {
    id: text().primaryKey(),
    workspaceId: text()
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    provider: text().notNull(),
    /** AES-256-GCM: nonce, tag, ciphertext. The key is a file in the data folder or a setting. */
    sealedSecret: bytea().notNull(),
    /** What may be shown: base URL, last four characters. */
    hint: jsonb().$type<Record<string, string>>().notNull(),
    createdBy: text().notNull(),
    createdAt: epochMs().notNull(),
  },
  (table) => [index('credentials_workspace').on(table.workspaceId)],
)

/** Answers already given under an `Idempotency-Key`, kept for a day. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    /** Who: a user's or API key's id, so that keys of different callers never meet. */
    caller: text().notNull(),
    key: text().notNull(),
    /** SHA-256 of method, path and body. */
    requestHash: text().notNull(),
    /** Null: no try has come to an answer that counts. */
    responseStatus: epochMs(),
    responseBody: jsonb(),
    /** Of the first try; every later one goes on under it. */
    createdAt: epochMs().notNull(),
    /** Epoch milliseconds: when the try that is at work began. Null: none is, so the next one may. */
    heldSince: epochMs(),
  },
  (table) => [
    primaryKey({ columns: [table.caller, table.key] }),
    index('idempotency_keys_created').on(table.createdAt),
  ],
)

/** Small facts of this installation: signing keys, which samples were laid out. */
export const settings = pgTable('settings', {
  key: text().primaryKey(),
  value: jsonb().notNull(),
  updatedAt: epochMs().notNull(),
})
