// A small lesson for tests of the server.
import { lessonSlugSchema } from '../../sandbox-server/contract/ids.ts'
import { exerciseSchema } from '../../sandbox-server/contract/lesson.ts'
import type { LessonSource } from '../../sandbox-server/lessons-catalog/lesson-source.ts'

export function testLesson(slug = 'pod-to-service/selectors'): LessonSource {
  return {
    slug: lessonSlugSchema.parse(slug),
    folder: slug,
    exercise: exerciseSchema.parse({
      task: 'Repair it',
      applied: ['app.yaml'],
      files: ['web.yaml'],
      checks: [
        {
          id: 'answers',
          kind: 'traffic',
          title: 'The client is answered',
          weight: 60,
          from: 'outside',
          to: { host: 'web', port: 80 },
        },
        {
          id: 'why',
          kind: 'quiz',
          title: 'Why does it answer?',
          weight: 40,
          question: 'Why?',
          options: [
            { id: 'a', text: 'A', because: 'No.' },
            { id: 'b', text: 'B', correct: true, because: 'Yes.' },
          ],
        },
      ],
    }),
    start: [
      { path: 'app.yaml', content: 'kind: Pod\n' },
      { path: 'web.yaml', content: 'kind: Service\n' },
    ],
    solution: [{ path: 'web.yaml', content: 'kind: Service # right\n' }],
    wrong: [],
  }
}
