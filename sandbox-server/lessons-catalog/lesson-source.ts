// A lesson's exercise as it lies in its folder, and errors that name file, line and place.

import { LineCounter, parseDocument } from 'yaml'
import type { ZodType } from 'zod'
import { AppError } from '../contract/errors.ts'
import type { LessonSlug } from '../contract/ids.ts'
import type { Exercise, WrongAnswer } from '../contract/lesson.ts'
import type { TextFile } from '../platform/files.ts'

export interface LessonSource {
  readonly slug: LessonSlug
  /** `NN-chapter/NN-lesson`. */
  readonly folder: string
  readonly exercise: Exercise
  readonly start: readonly TextFile[]
  readonly solution: readonly TextFile[]
  readonly wrong: readonly {
    readonly name: string
    readonly answer: WrongAnswer
    readonly files: readonly TextFile[]
  }[]
}

/** Parses YAML text with a contract schema. Throws AppError LESSON_BROKEN: `file:line:column: path: what is wrong`. */
export function parseLessonYaml<T>(schema: ZodType<T>, path: string, text: string): T {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, prettyErrors: false })
  const broken = document.errors[0]
  if (broken) {
    const { line, col } = lineCounter.linePos(broken.pos[0])
    throw lessonBroken(`${path}:${line}:${col}: ${broken.message}`, broken)
  }
  const parsed = schema.safeParse(document.toJS())
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.slice(0, 5).map((issue) => {
    const { line, col } = lineCounter.linePos(offsetOf(document, issue.path))
    const place = issue.path.map(String).join('.')
    return `${path}:${line}:${col}: ${place === '' ? '' : `${place}: `}${issue.message}`
  })
  throw lessonBroken(lines.join('\n'), parsed.error)
}

export function lessonBroken(message: string, cause?: unknown): AppError {
  return new AppError('LESSON_BROKEN', message, {
    hint: 'Mend the file, then run: npm run -s fairlead -- lesson prove',
    cause,
  })
}

/** Where the node at `path` begins, or the nearest node around it that exists. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as
      | { range?: [number, number, number] }
      | undefined
    if (node?.range) return node.range[0]
  }
  return document.contents?.range?.[0] ?? 0
}
