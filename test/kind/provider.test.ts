// The provider suite on real clusters.
import { providerSuite } from '../suites/provider.ts'
import { openKind } from './support/open-kind.ts'

providerSuite('kind', openKind)
