// How the site is built: static pages into dist/, MDX lessons, Preact for what moves, no inline scripts or styles.
import { fileURLToPath } from 'node:url'
import mdx from '@astrojs/mdx'
import preact from '@astrojs/preact'
import { defineConfig } from 'astro/config'
import { compressSite } from './sandbox-server/platform/compress-site.ts'
import { lateStyles } from './src/build/late-styles.ts'
import { classesForTokens } from './src/lessons/code-classes.ts'

/** Leaves .br and .gz beside what the server sends, so that it compresses nothing while it serves. */
const compressed = {
  name: 'compressed',
  hooks: { 'astro:build:done': ({ dir }) => compressSite(fileURLToPath(dir).replace(/\/$/, '')) },
}

export default defineConfig({
  output: 'static',
  outDir: './dist',
  trailingSlash: 'always',
  build: { format: 'directory', inlineStylesheets: 'never', assets: '_assets' },
  devToolbar: { enabled: false },
  prefetch: false,
  integrations: [mdx(), preact(), lateStyles(), compressed],
  markdown: {
    shikiConfig: { theme: 'css-variables', wrap: false, transformers: [classesForTokens] },
  },
  vite: {
    // The server's Content-Security-Policy allows scripts of its own origin only, so nothing may be inlined.
    build: { assetsInlineLimit: 0, chunkSizeWarningLimit: 4000, target: 'es2023' },
    worker: { format: 'es' },
    resolve: {
      // monaco-yaml imports monaco by paths that monaco-editor 0.57 exports under shorter names.
      alias: [{ find: /^monaco-editor\/esm\/vs\/(.*?)(\.js)?$/, replacement: 'monaco-editor/$1' }],
    },
  },
})
