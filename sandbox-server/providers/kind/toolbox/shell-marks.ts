// Finds the marks by which the toolbox's bash tells what it does (OSC 133, see toolbox/files/etc/bash.bashrc) in its output.

export type ShellMark =
  /** The shell has started, in a container that was started at `boot`. */
  | { readonly type: 'started'; readonly boot: string }
  /** The prompt is there, and keys are taken. */
  | { readonly type: 'prompt' }
  /** A command begins to run. */
  | { readonly type: 'running' }
  /** The prompt comes back; the last command's exit code. */
  | { readonly type: 'done'; readonly exitCode: number }

const start = Buffer.from('\x1b]133;')
const bell = 0x07
/** Bytes of the longest mark, with room. */
const longest = 64

/** Gives the marks in what came, over the borders of pieces. The output is left as it is: terminals pass over these marks. */
export function createMarkReader(): (data: Uint8Array) => ShellMark[] {
  let rest: Uint8Array = new Uint8Array()
  return (data) => {
    const bytes =
      rest.length === 0 ? Buffer.from(data.buffer, data.byteOffset, data.length) : Buffer.concat([rest, data])
    const marks: ShellMark[] = []
    let at = 0
    for (;;) {
      const found = bytes.indexOf(start, at)
      if (found < 0) {
        rest = bytes.subarray(Math.max(at, bytes.length - start.length + 1)).slice()
        return marks
      }
      const end = bytes.indexOf(bell, found)
      if (end < 0 && bytes.length - found < longest) {
        rest = bytes.subarray(found).slice()
        return marks
      }
      at = found + start.length
      if (end < 0 || end - found > longest) continue
      const mark = parseMark(bytes.toString('latin1', at, end))
      if (mark) marks.push(mark)
      at = end + 1
    }
  }
}

function parseMark(text: string): ShellMark | undefined {
  if (text === 'B') return { type: 'prompt' }
  if (text === 'C') return { type: 'running' }
  const done = /^D;(\d{1,3})$/.exec(text)
  if (done) return { type: 'done', exitCode: Number(done[1]) }
  const boot = /^P;boot=(\d{1,20})$/.exec(text)?.[1]
  return boot === undefined ? undefined : { type: 'started', boot }
}
