// How modes and sizes of files are printed.
import type { FileStat } from '../../node/file-system.ts'

export function formatMode({ type, mode }: FileStat): string {
  const bits = ['r', 'w', 'x']
  let text = type === 'directory' ? 'd' : type === 'symlink' ? 'l' : '-'
  for (let i = 0; i < 9; i++) text += ((mode >> (8 - i)) & 1) === 1 ? bits[i % 3] : '-'
  return text
}

/** 1.2K, 34M: three characters at most before the unit, rounded up, as GNU's -h. */
export function formatSize(bytes: number): string {
  let value = bytes
  for (const unit of ['', 'K', 'M', 'G', 'T']) {
    if (value < 1024 || unit === 'T') {
      if (unit === '') return String(value)
      return `${value < 10 ? (Math.ceil(value * 10) / 10).toFixed(1) : Math.ceil(value)}${unit}`
    }
    value /= 1024
  }
  return String(bytes)
}
