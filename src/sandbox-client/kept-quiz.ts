// The exercise's quiz answers before Check was pressed: kept in this browser, since the server learns them with the attempt.
import { type QuizAnswers, quizAnswersSchema } from '../../sandbox-server/contract/check.ts'

const key = (slug: string): string => `fairlead-quiz:${slug}`

export function keptQuiz(slug: string): QuizAnswers {
  try {
    const parsed = quizAnswersSchema.safeParse(JSON.parse(localStorage.getItem(key(slug)) ?? '{}'))
    return parsed.success ? parsed.data : {}
  } catch {
    // Storage is switched off or holds something else: the learner answers again.
    return {}
  }
}

export function keepQuiz(slug: string, quiz: QuizAnswers): void {
  try {
    localStorage.setItem(key(slug), JSON.stringify(quiz))
  } catch {
    // Storage is switched off or full: the answers live as long as the page.
  }
}
