// Quoting: text as a shell reads it back.

/** As bash prints words in `set -x`, `export -p` and ${x@Q}. */
export function quoteForShell(text: string): string {
  if (text === '') return "''"
  if (/[\n\t\r]/.test(text)) {
    const escaped = text
      .replace(/[\\']/g, '\\$&')
      .replaceAll('\n', '\\n')
      .replaceAll('\t', '\\t')
      .replaceAll('\r', '\\r')
    return `$'${escaped}'`
  }
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** Quoted only where something in the text needs it. */
export function quoteIfNeeded(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : quoteForShell(text)
}

/** With backslashes, as printf's %q. */
export function escapeForShell(text: string): string {
  if (text === '' || /[\n\t\r]/.test(text)) return quoteForShell(text)
  return text.replace(/[^\w@%+=:,./-]/g, '\\$&')
}
