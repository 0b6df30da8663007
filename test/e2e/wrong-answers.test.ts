// Every wrong answer that an exercise foresees earns its points and its own message, in the page where learners see it.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { answerQuizzes, applyInPage, runInTerminal, untilJudged } from './support/answer-in-page.ts'
import { launchBrowser } from './support/browser.ts'
import { Fairlead } from './support/fairlead.ts'
import { openLesson, untilLoaded } from './support/lesson-page.ts'
import { answerFiles, lessons, readExercise, readWrongAnswer } from './support/wrong-answers.ts'

let server: Fairlead
let browser: Browser
beforeAll(async () => {
  server = await Fairlead.start()
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
})

describe.each(lessons.filter(({ wrong }) => wrong.length > 0))('$slug', (lesson) => {
  it.each(lesson.wrong)('tells the learner what is wrong with %s', async (name) => {
    const answer = readWrongAnswer(lesson, name)
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    const page = await context.newPage()
    await openLesson(page, server.url, lesson.slug)
    await page.keyboard.press('Tab')
    await untilLoaded(page)
    await applyInPage(page, answerFiles(lesson, name))
    for (const [number, command] of answer.commands.entries()) await runInTerminal(page, command, number)
    await answerQuizzes(page, readExercise(lesson), answer.quiz)
    await untilJudged(page, answer)
    await context.close()
  })
})
