// `lessons/NN-chapter/NN-lesson/` seen without its numbers, and the numbers themselves for the order.

export interface LessonPlace {
  readonly chapter: string
  readonly lesson: string
  /** `pod-to-service/selectors`, what the contract calls a lesson slug. */
  readonly slug: string
  readonly chapterNumber: number
  readonly lessonNumber: number
  /** Folder below lessons/, with the numbers. */
  readonly folder: string
}

const numbered = /^(\d+)-(.+)$/

function split(name: string): { number: number; name: string } {
  const match = numbered.exec(name)
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new Error(`lessons/${name}: a folder here starts with its number, as in 01-pod-to-service`)
  }
  return { number: Number(match[1]), name: match[2] }
}

/** `entry` is a path below lessons/: `01-pod-to-service/03-selectors/lesson.mdx`. */
export function placeOf(entry: string): LessonPlace {
  const [chapterFolder = '', lessonFolder = ''] = entry.split('/')
  const chapter = split(chapterFolder)
  const lesson = split(lessonFolder)
  return {
    chapter: chapter.name,
    lesson: lesson.name,
    slug: `${chapter.name}/${lesson.name}`,
    chapterNumber: chapter.number,
    lessonNumber: lesson.number,
    folder: `${chapterFolder}/${lessonFolder}`,
  }
}

export function chapterOf(entry: string): { number: number; name: string } {
  return split(entry.split('/')[0] ?? '')
}
