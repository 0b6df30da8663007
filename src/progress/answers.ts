// Predictions and quizzes of the text: kept on the server by lesson, shown again on the next visit, never graded.
import { fetchProgress, storeAnswer } from '../sandbox-client/rest.ts'
import { createStore, type Store } from '../sandbox-client/store.ts'

export const answers: Store<Readonly<Record<string, string>>> = createStore({})
let lesson = ''

export async function loadAnswers(slug: string): Promise<void> {
  lesson = slug
  const progress = await fetchProgress()
  const kept = progress?.lessons[slug]?.answers
  // What was answered while the request was under way is newer.
  if (kept !== undefined) answers.update((now) => ({ ...kept, ...now }))
}

export function recordAnswer(id: string, option: string, keep = true): void {
  answers.update((now) => ({ ...now, [id]: option }))
  if (keep) void storeAnswer(lesson, id, option)
}
