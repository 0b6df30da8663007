// The script of a lesson page: brings the components of the text and the workbench to life, and connects to the server.
import { type ComponentType, h, hydrate, render } from 'preact'
import { loadAnswers } from '../../progress/answers.ts'
import { fetchLastAttempt } from '../../sandbox-client/rest.ts'
import { session } from '../../sandbox-client/session.ts'
import { wireThemeSwitch } from '../../theme/switch.ts'
import { ExerciseSheet } from '../lesson/ExerciseSheet.tsx'
import { PredictQuestion } from '../lesson/PredictQuestion.tsx'
import { QuizQuestion } from '../lesson/QuizQuestion.tsx'
import { RunButton } from '../lesson/RunButton.tsx'
import { acceptDrops } from './add-files.ts'
import { BottomBar } from './BottomBar.tsx'
import { ClusterState } from './ClusterState.tsx'
import { loadLayout } from './layout.ts'
import { Menu } from './Menu.tsx'
import { Overlays } from './Overlays.tsx'
import { wirePageKeys } from './page-keys.ts'
import { keepRan, restoreRan } from './ran-before.ts'
import { Workbench } from './Workbench.tsx'

type Island = ComponentType<Record<string, unknown>>

/** Each component's props are kept right by the .astro file that wrote them; here they are what came out of the page. */
function island<P>(component: ComponentType<P>): Island {
  return component as unknown as Island
}

const islands: Readonly<Record<string, Island>> = {
  run: island(RunButton),
  predict: island(PredictQuestion),
  quiz: island(QuizQuestion),
  exercise: island(ExerciseSheet),
}

function propsOf(element: HTMLElement): Record<string, unknown> {
  return JSON.parse(element.dataset.props ?? '{}')
}

loadLayout()
wireThemeSwitch()
wirePageKeys()
for (const element of document.querySelectorAll<HTMLElement>('[data-island]')) {
  const known = islands[element.dataset.island ?? '']
  if (known !== undefined) hydrate(h(known, propsOf(element)), element)
}
const mount = (selector: string, component: Island): HTMLElement | null => {
  const element = document.querySelector<HTMLElement>(selector)
  if (element !== null) render(h(component, propsOf(element)), element)
  return element
}
mount('[data-mount=state]', island(ClusterState))
mount('[data-mount=menu]', island(Menu))
mount('[data-mount=bottom]', island(BottomBar))
mount('[data-mount=overlays]', island(Overlays))
const bench = mount('[data-mount=workbench]', island(Workbench))
if (bench !== null) acceptDrops(bench)

const slug = document.body.dataset.lesson ?? ''
restoreRan(slug)
session.ran.subscribe(() => keepRan(slug))
session.start(slug)
void loadAnswers(slug)
void fetchLastAttempt(slug).then((attempt) => {
  if (attempt !== undefined) session.remember(attempt)
})
