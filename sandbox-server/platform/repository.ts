// Where this copy of Fairlead lies on disk, and which version it is.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url))

export const version: string = JSON.parse(readFileSync(`${repositoryRoot}/package.json`, 'utf8')).version
