// The value of --provider.
import { AppError } from '../contract/errors.ts'

/** Throws AppError BAD_REQUEST. */
export function providerNameOf(text: string): 'simulated' | 'kind' {
  if (text === 'simulated' || text === 'kind') return text
  throw new AppError('BAD_REQUEST', `--provider: there is no provider ${text}.`, {
    hint: 'It is simulated or kind.',
  })
}
