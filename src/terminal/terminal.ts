// The learner's terminal: xterm.js in the page's colours, with search, links, clipboard and a way out by keyboard.
import { ClipboardAddon } from '@xterm/addon-clipboard'
import { FitAddon } from '@xterm/addon-fit'
import { SearchAddon } from '@xterm/addon-search'
import { Unicode11Addon } from '@xterm/addon-unicode11'
import { WebLinksAddon } from '@xterm/addon-web-links'
import { Terminal as Xterm } from '@xterm/xterm'
import '@xterm/xterm/css/xterm.css'
import type { TerminalFeed } from '../sandbox-client/terminal-feed.ts'
import { onThemeChange, tokens } from '../theme/tokens.ts'
import { terminalKey } from './keys.ts'
import { terminalTheme } from './theme.ts'

export interface Terminal {
  focus(): void
  search(text: string, direction: 'next' | 'previous', incremental: boolean): void
  /** Whether what is printed is also put where screen readers read. */
  readOut(on: boolean): void
  dispose(): void
}

const scrollback = 10_000

export function createTerminal(host: HTMLElement, feed: TerminalFeed, openSearch: () => void): Terminal {
  const terminal = new Xterm({
    allowProposedApi: true,
    cursorBlink: false,
    cursorInactiveStyle: 'outline',
    fontFamily: tokens().codeFont,
    fontSize: 14,
    lineHeight: 1.25,
    minimumContrastRatio: 4.5,
    scrollback,
    theme: terminalTheme(tokens()),
    macOptionIsMeta: true,
    rightClickSelectsWord: true,
  })
  const fit = new FitAddon()
  const search = new SearchAddon()
  terminal.loadAddon(fit)
  terminal.loadAddon(search)
  terminal.loadAddon(new ClipboardAddon())
  terminal.loadAddon(new Unicode11Addon())
  terminal.loadAddon(new WebLinksAddon((_event, address) => window.open(address, '_blank', 'noopener')))
  terminal.unicode.activeVersion = '11'
  terminal.open(host)
  terminal.textarea?.setAttribute('aria-label', 'Terminal input. F6 leaves the terminal.')
  void useWebgl(terminal)
  terminal.attachCustomKeyEventHandler((event) => terminalKey(terminal, event, openSearch))

  const reportSize = (): void => {
    if (host.clientWidth === 0 || host.clientHeight === 0) return
    const fits = fit.proposeDimensions()
    if (fits !== undefined && Number.isFinite(fits.cols)) {
      feed.resized(Math.max(20, fits.cols), Math.max(4, fits.rows))
    }
  }
  const observer = new ResizeObserver(reportSize)
  observer.observe(host)
  // Rows are measured again once the page's own font has come.
  void document.fonts.load(`14px ${tokens().codeFont}`).then(() => {
    terminal.options.fontFamily = `${tokens().codeFont}, monospace`
    reportSize()
  })
  reportSize()

  terminal.onData((data) => feed.typed(data))
  terminal.onBinary((data) => feed.typed(data))
  feed.attach({
    write: (data, rendered) => terminal.write(data, rendered),
    reset: () => terminal.reset(),
    resize: (columns, rows) => terminal.resize(columns, rows),
  })
  const forgetTheme = onThemeChange((now) => {
    terminal.options.theme = terminalTheme(now)
  })

  return {
    focus: () => terminal.focus(),
    search(text, direction, incremental) {
      const { water } = tokens()
      const options = {
        incremental,
        decorations: { matchOverviewRuler: water, activeMatchColorOverviewRuler: water, matchBorder: water },
      }
      if (direction === 'next') search.findNext(text, options)
      else search.findPrevious(text, options)
    },
    readOut(on) {
      terminal.options.screenReaderMode = on
    },
    dispose() {
      observer.disconnect()
      forgetTheme()
      feed.detach()
      terminal.dispose()
    },
  }
}

/** Draws on the graphics card where there is one; xterm.js draws by the DOM otherwise, slower and just as readable. */
async function useWebgl(terminal: Xterm): Promise<void> {
  const probe = document.createElement('canvas').getContext('webgl2')
  if (probe === null) return
  probe.getExtension('WEBGL_lose_context')?.loseContext()
  const { WebglAddon } = await import('@xterm/addon-webgl')
  try {
    const addon = new WebglAddon()
    addon.onContextLoss(() => addon.dispose())
    terminal.loadAddon(addon)
  } catch (error) {
    console.info('The terminal draws without WebGL.', error)
  }
}
