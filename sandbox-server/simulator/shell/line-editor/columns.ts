// Names in columns, down and then across, as readline and ls list them.
import { textWidth } from '../text-width.ts'

export function inColumns(names: readonly string[], columns: number, paint = (name: string) => name): string {
  const widths = names.map(textWidth)
  let across = names.length
  let layout: number[] = []
  for (; across > 1; across--) {
    const rows = Math.ceil(names.length / across)
    layout = Array.from({ length: Math.ceil(names.length / rows) }, (_, column) =>
      Math.max(...widths.slice(column * rows, (column + 1) * rows)),
    )
    if (layout.reduce((sum, width) => sum + width, 0) + (layout.length - 1) * 2 <= columns) break
  }
  const rows = Math.ceil(names.length / Math.max(1, across))
  let text = ''
  for (let row = 0; row < rows; row++) {
    let line = ''
    for (let i = row, column = 0; i < names.length; i += rows, column++) {
      const name = names[i] ?? ''
      const last = i + rows >= names.length
      line += paint(name) + (last ? '' : ' '.repeat((layout[column] ?? 0) - (widths[i] ?? 0) + 2))
    }
    text += `${line}\n`
  }
  return text
}
