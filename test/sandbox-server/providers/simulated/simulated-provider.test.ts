import { afterAll } from 'vitest'
import { hostTimers } from '../../../../sandbox-server/platform/host-timers.ts'
import { openApiGateway } from '../../../../sandbox-server/providers/api-gateway/open-api-gateway.ts'
import { openProvider } from '../../../../sandbox-server/providers/registry.ts'
import { silentLog } from '../../../fakes/silent-log.ts'
import { providerSuite } from '../../../suites/provider.ts'

const gateway = await openApiGateway()
afterAll(() => gateway.close())

providerSuite('simulated', () => openProvider('simulated', { timers: hostTimers, log: silentLog(), gateway }))
