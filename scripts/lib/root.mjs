import { resolve } from 'node:path'

/** The folder of the clone, whatever the current folder is. */
export const root = resolve(import.meta.dirname, '..', '..')

/** Workspace folders in dependency order. */
export const packageFolders = ['shared', 'temporal', 'backend', 'frontend', 'cli']
