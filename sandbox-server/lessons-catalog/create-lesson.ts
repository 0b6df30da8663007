// The folder of a new lesson, small and complete: one Deployment, one Service, one check, one wrong answer.
import { join } from 'node:path'
import { AppError } from '../contract/errors.ts'
import { listFolders, writeNewFile } from '../platform/files.ts'
import { slugOf } from './load-lesson.ts'

/** `slug` is chapter/lesson. Gives the paths of the files made. Throws AppError CONFLICT where the lesson exists. */
export function createLessonFolder(lessons: string, slug: string): string[] {
  const [chapter = '', lesson = ''] = slug.split('/')
  const chapters = listFolders(lessons)
  const knownChapter = chapters.find((folder) => slugOf(folder) === chapter)
  const chapterFolder = knownChapter ?? `${nextNumber(chapters)}-${chapter}`
  const siblings = knownChapter ? listFolders(join(lessons, knownChapter)) : []
  const known = siblings.find((folder) => slugOf(folder) === lesson)
  if (known) {
    throw new AppError('CONFLICT', `lessons/${chapterFolder}/${known} exists already.`, {
      hint: 'Choose another name.',
    })
  }
  const folder = join(lessons, chapterFolder, `${nextNumber(siblings)}-${lesson}`)
  const files: Record<string, string> = {
    ...(knownChapter ? {} : { [join(lessons, chapterFolder, 'chapter.yaml')]: chapterYaml(chapter) }),
    [join(folder, 'lesson.mdx')]: lessonMdx(lesson),
    [join(folder, 'exercise.yaml')]: exerciseYaml,
    [join(folder, 'start/app.yaml')]: appYaml,
    [join(folder, 'start/service.yaml')]: serviceYaml('app: wrong'),
    [join(folder, 'solution/service.yaml')]: serviceYaml('app: web'),
    [join(folder, 'wrong/own-name/service.yaml')]: serviceYaml('app: service'),
    [join(folder, 'wrong/own-name/wrong.yaml')]: wrongYaml,
  }
  for (const [path, content] of Object.entries(files)) writeNewFile(path, content)
  return Object.keys(files)
}

function nextNumber(folders: readonly string[]): string {
  const numbers = folders.map((folder) => Number(/^\d+/.exec(folder)?.[0] ?? 0))
  return String(Math.max(0, ...numbers) + 1).padStart(2, '0')
}

const titleOf = (name: string) => {
  const words = name.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const chapterYaml = (name: string) => `title: ${titleOf(name)}
promise: One sentence that says what the learner can do after this chapter.
`

const lessonMdx = (name: string) => `---
title: ${titleOf(name)}
question: The question that this lesson answers
minutes: 10
needs: []
after: After it you can say in one sentence what you can do.
---

Say in two sentences what is wrong, or what is wanted. Then let the learner look:

<Run command="kubectl get pods --show-labels" />

<Exercise />
`

const exerciseYaml = `# Every field is described in docs/authors/lessons.md and docs/authors/checks.md.
task: Repair the Service web in service.yaml so that the client is answered.
cluster: { nodes: 3, cni: kindnet }
namespace: demo
applied: [app.yaml, service.yaml]
files: [service.yaml]
waitFor: [deployment/web, pod/client]
hints:
  - A Service finds pods by their labels.
checks:
  - id: endpoints
    kind: endpoints
    title: Service web has its 2 pods behind it
    weight: 40
    service: web
    expect: { ready: 2 }
    mistakes:
      - when: { selector: app=service }
        message: "{selector} matches {matchingPods} pods. A Service finds labels, not its own name."
  - id: traffic
    kind: traffic
    title: The client is answered by web
    weight: 60
    from: { pod: client }
    to: { host: web, port: 80, path: /hostname }
    expect: { everyBody: ^web- }
`

const appYaml = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: registry.k8s.io/e2e-test-images/agnhost:2.66.1
          args: [netexec, --http-port=8080]
---
apiVersion: v1
kind: Pod
metadata:
  name: client
spec:
  containers:
    - name: client
      image: registry.k8s.io/e2e-test-images/agnhost:2.66.1
      args: [pause]
`

const serviceYaml = (selector: string) => `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    ${selector}
  ports:
    - port: 80
      targetPort: 8080
`

const wrongYaml = `belief: The selector is the Service's own name.
points: 0
messages:
  endpoints: A Service finds labels
`
