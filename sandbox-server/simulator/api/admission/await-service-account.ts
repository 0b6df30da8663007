// A namespace's default account comes a moment after the namespace. Whoever creates both in one go is made to wait for it.
// Source: plugin/pkg/admission/serviceaccount/admission.go, getServiceAccount: ten attempts, 100 ms apart.
import type { Clock } from '../../clock.ts'
import type { Objects } from '../objects.ts'
import { namespaces, serviceAccounts } from '../resources.ts'

const attempts = 10
const intervalMs = 100

/** Resolves as soon as the account is there, or after a second; admission then says what is missing. */
export async function awaitDefaultServiceAccount(
  objects: Objects,
  clock: Clock,
  namespace: string,
): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const space = objects.get(namespaces, { name: namespace })
    if (!space || space.metadata.deletionTimestamp) return
    if (objects.get(serviceAccounts, { namespace, name: 'default' })) return
    await clock.sleep(intervalMs)
  }
}
