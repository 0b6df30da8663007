// The built site: which inline scripts and styles its pages hold, so that the content security policy can name them.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { listFiles, readText } from './files.ts'

/** CSP sources ('sha256-...') of every inline script in the site's pages, sorted. */
export function inlineScriptHashes(site: string): string[] {
  const hashes = new Set<string>()
  for (const path of listFiles(site)) {
    if (!path.endsWith('.html')) continue
    const html = readText(join(site, path)) ?? ''
    for (const match of html.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/gi)) {
      const [, attributes = '', content = ''] = match
      const isData = /\btype\s*=\s*["']?(application\/(ld\+)?json|text\/plain)/i.test(attributes)
      if (/\bsrc\s*=/i.test(attributes) || isData || content === '') continue
      hashes.add(`'sha256-${createHash('sha256').update(content).digest('base64')}'`)
    }
  }
  return [...hashes].sort()
}
