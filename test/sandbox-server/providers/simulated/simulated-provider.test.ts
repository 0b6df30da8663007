import { hostTimers } from '../../../../sandbox-server/platform/host-timers.ts'
import { openProvider } from '../../../../sandbox-server/providers/registry.ts'
import { silentLog } from '../../../fakes/silent-log.ts'
import { providerSuite } from '../../../suites/provider.ts'

providerSuite('simulated', () =>
  openProvider('simulated', { timers: hostTimers, log: silentLog(), api: { host: '127.0.0.1', port: 0 } }),
)
