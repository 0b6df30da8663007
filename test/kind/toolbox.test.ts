// The learner's terminal and workspace in a real container. Needs a container engine and FAIRLEAD_KIND_TOOLBOX_IMAGE.
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { WorkspaceChange } from '../../sandbox-server/contract/workspace.ts'
import { hostTimers } from '../../sandbox-server/platform/host-timers.ts'
import { openToolboxTerminal } from '../../sandbox-server/providers/kind/toolbox/terminal.ts'
import { openToolboxWorkspace } from '../../sandbox-server/providers/kind/toolbox/workspace.ts'
import { startTestToolbox, type TestToolbox, toolboxImage } from './start-test-toolbox.ts'

const size = { columns: 80, rows: 24 }
const kubeconfig = 'apiVersion: v1\nkind: Config\n'

describe.skipIf(!toolboxImage)('toolbox', { timeout: 60_000 }, () => {
  let toolbox: TestToolbox
  beforeAll(async () => {
    toolbox = await startTestToolbox()
  }, 60_000)
  afterAll(() => toolbox?.remove(), 60_000)

  async function open(files: { path: string; content: string }[] = []) {
    const { engine, container } = toolbox
    const workspace = await openToolboxWorkspace(engine, container, { kubeconfig, timers: hostTimers })
    await workspace.replaceAll(files)
    const changes: string[] = []
    workspace.onChange((change) => changes.push(describeChange(change)))
    onTestFinished(() => workspace.dispose())
    const openTerminal = () => {
      const terminal = openToolboxTerminal(engine, container, size, {
        timers: hostTimers,
        beforeCommand: () => workspace.flushed(),
        afterCommand: () => workspace.refresh(),
      })
      let text = ''
      const decoder = new TextDecoder()
      terminal.onOutput((data) => {
        text += decoder.decode(data, { stream: true })
      })
      onTestFinished(() => {
        terminal.dispose()
        return terminal.ended
      })
      return { ...terminal, output: () => text }
    }
    return { workspace, changes, openTerminal }
  }

  describe('terminal', () => {
    it('runs commands one after the other and gives their exit codes', async () => {
      const { openTerminal } = await open()
      const terminal = openTerminal()
      const codes = await Promise.all(
        ['true', 'false', '(exit 42)', 'if true; then\necho two lines\nfi', '# nothing'].map((command) =>
          terminal.run(command),
        ),
      )
      expect(codes).toEqual([0, 1, 42, 0, 0])
      expect(terminal.output()).toContain('two lines')
    })
    it('keeps UTF-8 whole, and passes its size on', async () => {
      const { openTerminal } = await open()
      const terminal = openTerminal()
      expect(await terminal.run('echo "ä€😀$(seq -s ä 20000 | tail -c 10)"')).toBe(0)
      expect(terminal.output()).toContain('ä€😀ä19999ä20000'.slice(-8))
      terminal.resize({ columns: 123, rows: 45 })
      expect(
        await terminal.run('until [ "$(stty size)" = "45 123" ]; do sleep 0.01; done; echo $SECONDS'),
      ).toBe(0)
    })
  })
})

function describeChange(change: WorkspaceChange): string {
  return change.type === 'written'
    ? `${change.origin} wrote ${change.file.path}`
    : `${change.origin} deleted ${change.path}`
}
