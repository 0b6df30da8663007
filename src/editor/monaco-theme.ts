// Monaco in the page's colours.
import type { Tokens } from '../theme/tokens.ts'
import { monaco } from './monaco.ts'

const name = 'fairlead'

export function themeName(): string {
  return name
}

const bare = (color: string): string => color.replace('#', '')

export function defineThemes(t: Tokens): void {
  const rule = (token: string, color: string, fontStyle = '') => ({
    token,
    foreground: bare(color),
    fontStyle,
  })
  monaco.editor.defineTheme(name, {
    base: t.dark ? 'vs-dark' : 'vs',
    inherit: true,
    rules: [
      rule('', t.ink),
      rule('comment', t.inkSoft, 'italic'),
      rule('type', t.water),
      rule('string', t.ink),
      rule('string.yaml', t.ink),
      rule('number', t.note),
      rule('number.yaml', t.note),
      rule('keyword', t.note),
      rule('operators', t.inkSoft),
      rule('delimiter', t.inkSoft),
      rule('tag', t.note),
      rule('namespace', t.waiting),
    ],
    colors: {
      'editor.background': t.sheet,
      'editor.foreground': t.ink,
      'editorLineNumber.foreground': t.inkSoft,
      'editorLineNumber.activeForeground': t.ink,
      'editor.lineHighlightBackground': t.shallow,
      'editor.lineHighlightBorder': '#00000000',
      'editor.selectionBackground': t.selection,
      'editor.inactiveSelectionBackground': t.selection,
      'editorCursor.foreground': t.water,
      'editorIndentGuide.background1': t.line,
      'editorIndentGuide.activeBackground1': t.edge,
      'editorWidget.background': t.paper,
      'editorWidget.border': t.edge,
      'editorWidget.foreground': t.ink,
      'editorHoverWidget.background': t.paper,
      'editorHoverWidget.border': t.edge,
      'editorSuggestWidget.background': t.paper,
      'editorSuggestWidget.border': t.edge,
      'editorSuggestWidget.foreground': t.ink,
      'editorSuggestWidget.selectedBackground': t.shallow,
      'editorSuggestWidget.selectedForeground': t.ink,
      'editorSuggestWidget.highlightForeground': t.water,
      'editorSuggestWidget.focusHighlightForeground': t.water,
      'editorError.foreground': t.dropped,
      'editorWarning.foreground': t.waiting,
      'editorInfo.foreground': t.water,
      'editorBracketMatch.background': t.selection,
      'editorBracketMatch.border': t.edge,
      'editorBracketHighlight.foreground1': t.inkSoft,
      'editorBracketHighlight.foreground2': t.inkSoft,
      'editorBracketHighlight.foreground3': t.inkSoft,
      'input.background': t.sheet,
      'input.foreground': t.ink,
      'input.border': t.edge,
      focusBorder: t.water,
      'scrollbarSlider.background': `${t.edge}55`,
      'scrollbarSlider.hoverBackground': `${t.edge}88`,
      'scrollbarSlider.activeBackground': `${t.edge}aa`,
      'menu.background': t.paper,
      'menu.foreground': t.ink,
      'menu.selectionBackground': t.shallow,
      'menu.selectionForeground': t.ink,
      'textLink.foreground': t.water,
      'textLink.activeForeground': t.water,
    },
  })
}
