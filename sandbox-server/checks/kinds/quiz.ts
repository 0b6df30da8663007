// quiz: a question whose every option is a belief that people hold, each with its own explanation.
import type { CheckKindDefinition } from '../check-kind.ts'

export const quizCheck: CheckKindDefinition<'quiz'> = {
  kind: 'quiz',
  changesCluster: () => false,
  async run(check, { quiz }) {
    const chosen = check.options.find((option) => option.id === quiz[check.id])
    if (!chosen) {
      return {
        score: 0,
        unanswered: true,
        message: 'Choose an answer, then check again.',
        observations: [],
        data: {},
      }
    }
    return {
      score: chosen.correct ? 1 : 0,
      message: chosen.because,
      observations: [{ did: check.question, found: chosen.text, hops: [], data: { answer: chosen.id } }],
      data: { answer: chosen.id },
    }
  },
}
