// What the server answered to a request, as a sentence for the person.
import type { AppliedDocument, ServerMessage } from '../../sandbox-server/contract/socket.ts'

export function errorSentence(error: Extract<ServerMessage, { type: 'error' }>): string {
  return error.hint === undefined ? error.message : `${error.message} ${error.hint}`
}

export function appliedSentence(documents: readonly AppliedDocument[]): string {
  const failed = documents.filter((document) => document.outcome === 'failed').length
  if (failed > 0)
    return `${failed} of ${documents.length} objects could not be applied. See the marks in the editor.`
  return documents.map((document) => `${document.object} ${document.outcome}`).join(', ')
}
