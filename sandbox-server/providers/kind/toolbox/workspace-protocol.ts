// What is said over the streams of the workspace's watcher, toolbox/files/usr/local/lib/fairlead/watch-workspace.
import { limits } from '../../../contract/workspace.ts'

export type WatcherMessage =
  /** The first message. `boot` names the run of the container; `isFilled`: the files of a workspace were put there. */
  | { readonly type: 'hello'; readonly boot: string; readonly isFilled: boolean }
  | { readonly type: 'changed'; readonly path: string; readonly content: Uint8Array }
  | { readonly type: 'gone'; readonly path: string }
  | { readonly type: 'done'; readonly id: number }
  | { readonly type: 'failed'; readonly id: number; readonly errno: string; readonly text: string }

export type WatcherCommand =
  | { readonly type: 'write'; readonly path: string; readonly content: string }
  | { readonly type: 'delete'; readonly path: string }
  /** Look around, tell all changes, then answer. */
  | { readonly type: 'look' }
  | { readonly type: 'empty' }
  | { readonly type: 'markFilled' }

export function encodeCommand(id: number, command: WatcherCommand): Uint8Array {
  switch (command.type) {
    case 'write': {
      const path = Buffer.from(command.path)
      const content = Buffer.from(command.content)
      return Buffer.concat([Buffer.from(`W ${id} ${path.length} ${content.length}\n`), path, content])
    }
    case 'delete': {
      const path = Buffer.from(command.path)
      return Buffer.concat([Buffer.from(`D ${id} ${path.length}\n`), path])
    }
    case 'look':
      return Buffer.from(`F ${id}\n`)
    case 'empty':
      return Buffer.from(`Z ${id}\n`)
    case 'markFilled':
      return Buffer.from(`M ${id}\n`)
    default:
      return command satisfies never
  }
}

const longestLine = 64
const longestText = 1000
const newline = 0x0a

/**
 * Reads messages over the borders of pieces. Throws at the first thing that the watcher cannot have said: the learner may
 * have got at it.
 */
export function createMessageReader(): (data: Uint8Array) => WatcherMessage[] {
  let pieces: Uint8Array[] = []
  let size = 0
  /** Bytes without which there is nothing to read. */
  let needed = 1
  return (data) => {
    pieces.push(data)
    size += data.length
    if (size < needed) return []
    let bytes: Buffer = Buffer.concat(pieces)
    const messages: WatcherMessage[] = []
    for (;;) {
      const read = readMessage(bytes)
      if (typeof read === 'number') {
        pieces = [bytes]
        size = bytes.length
        needed = read
        return messages
      }
      messages.push(read.message)
      bytes = bytes.subarray(read.length)
    }
  }
}

/** The first message and its length, or how many bytes there must be to read it. */
function readMessage(bytes: Buffer): { readonly message: WatcherMessage; readonly length: number } | number {
  const end = bytes.indexOf(newline)
  if (end > longestLine || (end < 0 && bytes.length > longestLine))
    throw new Error('no message of the watcher')
  if (end < 0) return bytes.length + 1
  const [name = '', ...words] = bytes.toString('latin1', 0, end).split(' ')
  const head = end + 1
  const number = (index: number, most: number) => {
    const word = words[index] ?? ''
    if (!/^\d{1,15}$/.test(word) || Number(word) > most) throw new Error(`no message of the watcher: ${name}`)
    return Number(word)
  }
  const text = (from: number, length: number) => bytes.toString('utf8', from, from + length)
  const expectWords = (count: number) => {
    if (words.length !== count) throw new Error(`no message of the watcher: ${name}`)
  }
  switch (name) {
    case 'H':
      expectWords(2)
      return {
        message: { type: 'hello', boot: String(words[0]), isFilled: number(1, 1) === 1 },
        length: head,
      }
    case 'C': {
      expectWords(2)
      const path = number(0, 200)
      const content = number(1, limits.fileBytes)
      const length = head + path + content
      if (bytes.length < length) return length
      return {
        message: { type: 'changed', path: text(head, path), content: bytes.subarray(head + path, length) },
        length,
      }
    }
    case 'X': {
      expectWords(1)
      const length = head + number(0, 200)
      if (bytes.length < length) return length
      return { message: { type: 'gone', path: text(head, length - head) }, length }
    }
    case 'A':
      expectWords(1)
      return { message: { type: 'done', id: number(0, Number.MAX_SAFE_INTEGER) }, length: head }
    case 'E': {
      expectWords(3)
      const length = head + number(2, longestText)
      if (bytes.length < length) return length
      const id = number(0, Number.MAX_SAFE_INTEGER)
      return {
        message: { type: 'failed', id, errno: String(words[1]), text: text(head, length - head) },
        length,
      }
    }
    default:
      throw new Error('no message of the watcher')
  }
}
