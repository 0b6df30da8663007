// `fairlead lesson new`: a lesson's folder that proves itself, for an author to change.
import { defineCommand } from 'citty'
import { AppError } from '../contract/errors.ts'
import { createLesson } from '../main.ts'

export const lessonNew = defineCommand({
  meta: {
    name: 'new',
    description: 'Make the folder of a new lesson. It proves itself already; change it from there.',
  },
  args: {
    slug: {
      type: 'positional',
      required: true,
      description: 'chapter/lesson, as in pod-to-service/my-lesson',
    },
    lessons: { type: 'string', description: 'The lessons (default lessons)', valueHint: 'FOLDER' },
  },
  run({ args }) {
    if (!/^[a-z0-9-]+\/[a-z0-9-]+$/.test(args.slug)) {
      throw new AppError(
        'BAD_REQUEST',
        `${args.slug}: a lesson is chapter/lesson in small letters, digits and -.`,
        {
          hint: 'For example: fairlead lesson new pod-to-service/my-lesson',
        },
      )
    }
    const made = createLesson(args.lessons, args.slug)
    process.stdout.write(`${made.map((path) => `made ${path}`).join('\n')}\n`)
    process.stdout.write(
      `Next: npm run -s fairlead -- lesson prove ${args.slug}, then edit lesson.mdx and exercise.yaml.\n`,
    )
    return 0
  },
})
