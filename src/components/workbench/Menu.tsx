// What can be done with the cluster and the files, behind one button. What loses work asks first.
import { useRef } from 'preact/hooks'
import { routes } from '../../sandbox-client/routes.ts'
import { session } from '../../sandbox-client/session.ts'
import { useStore } from '../../sandbox-client/store.ts'
import { showSolution } from '../lesson/Solution.tsx'
import { addFiles } from './add-files.ts'
import { showClusterChoice } from './ClusterChoice.tsx'
import { clusterKinds } from './cluster-kinds.ts'
import { confirm } from './confirm.tsx'
import { showHelp } from './HelpDialog.tsx'
import { showPane } from './layout.ts'

export function Menu({ slug }: { slug: string }) {
  const ready = useStore(session.sandbox, (sandbox) => sandbox?.state === 'ready')
  const attempted = useStore(session.check, (check) => check.attempt !== undefined)
  const provider = useStore(session.sandbox, (sandbox) => sandbox?.provider)
  const several = useStore(session.offers.choices, (choices) => choices.length > 1)
  const picker = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const item = (label: string, detail: string, enabled: boolean, run: () => void) => (
    <button
      type="button"
      disabled={!enabled}
      onClick={() => {
        list.current?.hidePopover()
        run()
      }}
    >
      {label}
      <span class="soft">{detail}</span>
    </button>
  )
  return (
    <>
      <button type="button" class="bar-button" popovertarget="menu">
        Menu
      </button>
      <div id="menu" class="menu" popover="auto" ref={list}>
        <p class="eyebrow">Cluster</p>
        {ready ? (
          <a href={routes.kubeconfig(slug)} download onClick={() => list.current?.hidePopover()}>
            Download kubeconfig
            <span class="soft">
              <code>export KUBECONFIG=$HOME/Downloads/fairlead-{slug.split('/')[1]}.kubeconfig</code>
              <br />
              <code>kubectl get nodes</code>
            </span>
          </a>
        ) : (
          item('Download kubeconfig', 'once your cluster is ready', false, () => undefined)
        )}
        {item(
          'Extend',
          'your cluster stays longer when you are away',
          ready,
          () => void session.sandboxDo('sandbox-extend', 'Your cluster stays longer.'),
        )}
        {item('Restart cluster', 'a new cluster; your files stay', true, () => void restart())}
        {several &&
          provider !== undefined &&
          item('Kind of cluster', `${clusterKinds[provider].name} now`, true, showClusterChoice)}
        <p class="eyebrow">Exercise</p>
        {item(
          'Show solution',
          attempted ? 'your files stay' : 'after your first Check',
          attempted,
          () => void solve(),
        )}
        {item('Reset exercise', 'files and cluster as at the start', ready, () => void reset())}
        <p class="eyebrow">Files</p>
        {ready ? (
          <a href={routes.zip(slug)} download onClick={() => list.current?.hidePopover()}>
            Download as zip
            <span class="soft">all files of this lesson</span>
          </a>
        ) : (
          item('Download as zip', 'once your cluster is ready', false, () => undefined)
        )}
        {item('Add files', 'or drop them on the editor', ready, () => picker.current?.click())}
        <p class="eyebrow">Help</p>
        {item('Help and keys', 'or press ?', true, showHelp)}
      </div>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        aria-label="Files to add"
        onChange={(event) => {
          void addFiles([...(event.currentTarget.files ?? [])])
          event.currentTarget.value = ''
        }}
      />
    </>
  )
}

async function solve(): Promise<void> {
  await showSolution().catch((error: Error) => session.tell(error.message, 'problem'))
  showPane('read')
  document.querySelector('.solution')?.scrollIntoView({ block: 'center' })
}

async function reset(): Promise<void> {
  const agreed = await confirm({
    title: 'Reset the exercise?',
    text: 'Your files and what you applied are lost; both are as at the start again. Earlier attempts are kept.',
    action: 'Reset exercise',
  })
  if (agreed) await session.sandboxDo('sandbox-reset', 'The exercise is as at the start.')
}

async function restart(): Promise<void> {
  const agreed = await confirm({
    title: 'Restart the cluster?',
    text: 'You get a new cluster with the exercise as it starts. What you applied is lost, your files are kept.',
    action: 'Restart cluster',
  })
  if (agreed) await session.sandboxDo('sandbox-restart', 'Your cluster is new.')
}
