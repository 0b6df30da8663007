// kubectl apply --server-side: one PATCH an object; conflicts in kubectl's own words (apply.go, handling of IsConflict).
import { pathOf } from '../discovery.ts'
import { CliError, isStatus } from '../errors.ts'
import type { Invocation } from '../invocation.ts'
import type { Manifest } from '../manifests.ts'
import { nameOf, type Unstructured } from '../object.ts'
import { toJson } from '../output/go-text.ts'
import { validation } from './last-applied.ts'

export async function applyServerSide(
  invocation: Invocation,
  { object, mapping, namespace }: Manifest,
): Promise<{ object: Unstructured; operation: string }> {
  try {
    const applied = await invocation.client.json(pathOf(mapping, namespace, nameOf(object)), {
      method: 'PATCH',
      contentType: 'application/apply-patch+yaml',
      body: toJson(object),
      query: {
        ...invocation.writeQuery('kubectl'),
        force: invocation.flags.boolean('force-conflicts') ? 'true' : 'false',
        fieldValidation: validation(invocation),
      },
    })
    return { object: applied, operation: 'serverside-applied' }
  } catch (error) {
    if (isStatus(error, 'Conflict')) throw new CliError(`${error.message}\n${advice}`)

    throw error
  }
}

const advice = `Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`
