// Whether kind clusters can be made on this machine now; what is missing otherwise, and the command that mends it.
import { findProgram, runCommand } from '../../../platform/commands.ts'
import { availableMemory, freeDisk, inotifyLimits } from '../../../platform/host-facts.ts'
import type { Availability } from '../../provider.ts'
import { listAll } from '../engine/inspect-all.ts'
import { findEngine } from '../engine/open-engine.ts'
import { findImages } from '../images/local-images.ts'
import { roleLabel } from '../labels.ts'
import type { KindSettings } from '../settings.ts'
import type { EngineFindings, Findings } from './findings.ts'
import { judgeAvailability } from './judge-availability.ts'

/** A busy engine answers within a second; one that hangs must not hold up the page for long. */
const limitMs = 5000

export async function checkKindAvailability(settings: KindSettings): Promise<Availability> {
  return judgeAvailability(await lookAround(settings))
}

async function lookAround(settings: KindSettings): Promise<Findings> {
  const [{ engine, troubles }, kindVersion] = await Promise.all([lookAtEngine(settings), readKindVersion()])
  return {
    engine,
    troubles,
    kindVersion,
    nodeImage: settings.nodeImage,
    availableMemory: availableMemory(),
    inotify: inotifyLimits(),
  }
}

async function lookAtEngine(settings: KindSettings): Promise<Pick<Findings, 'engine' | 'troubles'>> {
  const preferred = settings.engine === 'auto' ? undefined : settings.engine
  const { engine, facts, troubles } = await findEngine(preferred, limitMs)
  if (!engine || !facts) return { engine: undefined, troubles }
  const wanted = [settings.nodeImage, settings.toolboxImage]
  const [images, nodes] = await Promise.all([
    findImages(engine, wanted, { timeoutMs: limitMs }),
    listAll(engine, 'container', [`label=${roleLabel}=node`, 'status=running']),
  ])
  const found: EngineFindings = {
    name: engine.name,
    facts,
    freeDisk: facts.root === undefined ? undefined : freeDisk(facts.root),
    missingImages: wanted.filter((image) => !images.has(image)),
    hasClusters: nodes.length > 0,
  }
  return { engine: found, troubles: [] }
}

async function readKindVersion(): Promise<string | undefined> {
  const program = findProgram('kind')
  if (program === undefined) return undefined
  try {
    const { stdout, stderr } = await runCommand(program, ['version'], { timeoutMs: limitMs })
    return `${new TextDecoder().decode(stdout)}${stderr}`.trim()
  } catch (error) {
    return String(error)
  }
}
