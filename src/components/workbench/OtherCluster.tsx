// A way on while the chosen kind of cluster is not to be had: the others that this lesson can be done on.
import type { ProviderName } from '../../../sandbox-server/contract/sandbox.ts'
import { session } from '../../sandbox-client/session.ts'
import { useStore } from '../../sandbox-client/store.ts'
import { switchCluster } from './ClusterChoice.tsx'
import { clusterKinds, waitOf } from './cluster-kinds.ts'

export function OtherCluster({ provider }: { provider: ProviderName }) {
  const choices = useStore(session.offers.choices)
  const others = choices.filter((choice) => choice.provider !== provider && choice.unavailable === undefined)
  if (others.length === 0) return null
  return (
    <p>
      {others.map((choice) => (
        <button type="button" class="link-button" onClick={() => void switchCluster(choice)}>
          Take {clusterKinds[choice.provider].inText} instead, {waitOf(choice)}
        </button>
      ))}
    </p>
  )
}
