// xterm.js in the page's colours. The sixteen ANSI colours keep their meaning and their contrast on the page's paper.
import type { ITheme } from '@xterm/xterm'
import type { Tokens } from '../theme/tokens.ts'

export function terminalTheme(t: Tokens): ITheme {
  return {
    background: t.sheet,
    foreground: t.ink,
    cursor: t.water,
    cursorAccent: t.sheet,
    selectionBackground: t.selection,
    black: t.ink,
    red: t.termRed,
    green: t.termGreen,
    yellow: t.termYellow,
    blue: t.termBlue,
    magenta: t.termMagenta,
    cyan: t.termCyan,
    white: t.inkSoft,
    brightBlack: t.inkSoft,
    brightRed: t.termRed,
    brightGreen: t.termGreen,
    brightYellow: t.termYellow,
    brightBlue: t.termBlue,
    brightMagenta: t.termMagenta,
    brightCyan: t.termCyan,
    brightWhite: t.ink,
  }
}
