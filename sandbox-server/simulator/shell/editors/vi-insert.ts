// Keys of vi's insert mode.
import type { TextBuffer } from './text-buffer.ts'
import { findMotion } from './vi-motions.ts'

export function typeInto(buffer: TextBuffer, name: string, replacing: boolean): void {
  switch (name) {
    case 'enter':
      buffer.insertNewline(true)
      break
    case 'backspace':
      buffer.backspace()
      break
    case 'delete':
      buffer.deleteForward()
      break
    case 'tab':
      buffer.insert('  ')
      break
    case 'C-w': {
      const from = findMotion('b', buffer, 1)?.to ?? buffer.cursor
      if (from.row === buffer.cursor.row) buffer.deleteRange(from, { ...buffer.cursor })
      break
    }
    case 'C-u':
      buffer.deleteRange({ row: buffer.cursor.row, column: 0 }, { ...buffer.cursor })
      break
    default: {
      const motion = findMotion(name, buffer, 1)
      if (name.length > 1 && motion) buffer.cursor = { ...motion.to }
      else if ([...name].length === 1) {
        if (replacing && buffer.cursor.column < buffer.line.length) buffer.deleteForward()
        buffer.insert(name)
      } else if (!/^[A-Z]-|^[a-z-]+$/.test(name)) buffer.insert(name)
      buffer.clamp(true)
    }
  }
}
