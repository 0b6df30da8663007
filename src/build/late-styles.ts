// Astro links the styles of everything that a page's script may ever import. Monaco's and xterm.js's come with them, when they
// are loaded (Vite's preload sees to that), so their links are taken out of the pages again.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { AstroIntegration } from 'astro'

const late = /<link rel="stylesheet" href="\/_assets\/(?:code-editor|terminal)\.[^"]+\.css">/g

export function lateStyles(): AstroIntegration {
  return {
    name: 'fairlead:late-styles',
    hooks: {
      'astro:build:done': async ({ dir }) => {
        const root = fileURLToPath(dir)
        const pages = (await readdir(root, { recursive: true })).filter((file) => file.endsWith('.html'))
        for (const page of pages) {
          const html = await readFile(`${root}/${page}`, 'utf8')
          await writeFile(`${root}/${page}`, html.replace(late, ''))
        }
      },
    },
  }
}
