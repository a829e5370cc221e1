#!/usr/bin/env node
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isMain, parseOptions, runMain } from './lib/main.mjs'
import { packageFolders, root } from './lib/root.mjs'

const USAGE = `Usage: node scripts/check-lock.mjs

Checks what npm does not: that "npm ci" will work on another machine and bring the same versions.
`

const EXACT_VERSION = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/
const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies']

/**
 * @param {Record<string, any>} lock the parsed package-lock.json
 * @param {Record<string, any>} manifests the parsed package.json files by folder; '' is the root
 * @returns {string[]} one sentence per fault
 */
export function findLockFaults(lock, manifests) {
  return [
    ...missingOptionalPackages(lock),
    ...registryUrls(lock),
    ...Object.entries(manifests).flatMap(([folder, manifest]) => [
      ...looseVersions(folder, manifest),
      ...disagreements(folder, manifest, lock.packages[folder]),
    ]),
  ]
}

/**
 * npm leaves an optional package out of the lock file without a word when the registry lacks it at that moment (a
 * binary for another platform, just after a release), and "npm ci" then refuses the lock file.
 */
function missingOptionalPackages({ packages }) {
  const present = new Set(Object.keys(packages).map(nameOf))
  return Object.entries(packages).flatMap(([path, entry]) =>
    Object.keys(entry.optionalDependencies ?? {})
      .filter((name) => !present.has(name))
      .map((name) => `${path || 'package.json'} wants ${name}, which is not in the lock file`),
  )
}

const nameOf = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

/** A URL ties the clone to the registry of whoever made the lock file. */
function registryUrls({ packages }) {
  return Object.entries(packages)
    .filter(([, entry]) => /^[a-z+]+:/i.test(entry.resolved ?? ''))
    .map(
      ([path]) => `${path} is bound to a URL; run "npm install --package-lock-only --omit-lockfile-registry-resolved"`,
    )
}

function looseVersions(folder, manifest) {
  return KINDS.flatMap((kind) => Object.entries(manifest[kind] ?? {}))
    .concat(Object.entries(flattenOverrides(manifest.overrides)))
    .filter(([, version]) => !EXACT_VERSION.test(version))
    .map(([name, version]) => `${folder || 'root'}: ${name} is "${version}"; versions are exact here`)
}

function flattenOverrides(overrides = {}) {
  return Object.fromEntries(
    Object.entries(overrides).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : Object.entries(flattenOverrides(value)),
    ),
  )
}

/** "npm ci" compares them too, but only on a machine that has nothing installed yet. */
function disagreements(folder, manifest, entry) {
  if (!entry) return [`${folder} is not in the lock file; run "npm install"`]
  return KINDS.flatMap((kind) => {
    const [wanted, locked] = [manifest[kind] ?? {}, entry[kind] ?? {}]
    return [...new Set([...Object.keys(wanted), ...Object.keys(locked)])]
      .filter((name) => wanted[name] !== locked[name])
      .map(
        (name) =>
          `${folder || 'root'}: ${name} is ${wanted[name] ?? 'absent'} in package.json and ${locked[name] ?? 'absent'} in the lock file; run "npm install"`,
      )
  })
}

const readJson = async (path) => JSON.parse(await readFile(join(root, path), 'utf8'))

async function main(argv) {
  parseOptions(argv, {})
  const folders = ['', ...packageFolders]
  const manifests = Object.fromEntries(
    await Promise.all(folders.map(async (folder) => [folder, await readJson(join(folder, 'package.json'))])),
  )
  const faults = findLockFaults(await readJson('package-lock.json'), manifests)
  for (const fault of faults) console.log(fault)
  return faults.length > 0 ? 1 : 0
}

if (isMain(import.meta.filename)) await runMain(USAGE, main)
