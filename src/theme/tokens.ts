// The colours of tokens.css as values, for what draws itself (Monaco, xterm.js), and news of a change of theme.

export interface Tokens {
  readonly dark: boolean
  readonly paper: string
  readonly sheet: string
  readonly shallow: string
  readonly ink: string
  readonly inkSoft: string
  readonly line: string
  readonly edge: string
  readonly water: string
  readonly delivered: string
  readonly dropped: string
  readonly waiting: string
  readonly note: string
  readonly termRed: string
  readonly termGreen: string
  readonly termYellow: string
  readonly termBlue: string
  readonly termMagenta: string
  readonly termCyan: string
  /** Water with transparency, as #RRGGBBAA. */
  readonly selection: string
  readonly codeFont: string
}

export function tokens(): Tokens {
  const style = getComputedStyle(document.documentElement)
  // Minified styles shorten #ffffff to #fff; Monaco wants six digits.
  const color = (name: string): string =>
    style
      .getPropertyValue(`--${name}`)
      .trim()
      .replace(/^#(\w)(\w)(\w)$/, '#$1$1$2$2$3$3')
  return {
    dark: style.colorScheme === 'dark',
    paper: color('paper'),
    sheet: color('sheet'),
    shallow: color('shallow'),
    ink: color('ink'),
    inkSoft: color('ink-soft'),
    line: color('line'),
    edge: color('edge'),
    water: color('water'),
    delivered: color('delivered'),
    dropped: color('dropped'),
    waiting: color('waiting'),
    note: color('note'),
    termRed: color('term-red'),
    termGreen: color('term-green'),
    termYellow: color('term-yellow'),
    termBlue: color('term-blue'),
    termMagenta: color('term-magenta'),
    termCyan: color('term-cyan'),
    selection: `${color('water')}44`,
    codeFont: "'Atkinson Hyperlegible Mono Variable', ui-monospace, monospace",
  }
}

/** Called with the new colours when the system's theme or the switch changes. */
export function onThemeChange(listener: (now: Tokens) => void): () => void {
  const changed = (): void => listener(tokens())
  const system = matchMedia('(prefers-color-scheme: dark)')
  const observer = new MutationObserver(changed)
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  system.addEventListener('change', changed)
  return () => {
    observer.disconnect()
    system.removeEventListener('change', changed)
  }
}
