// true(1).
import type { Command } from './command.ts'

export const trueCommand: Command = {
  name: 'true',
  summary: 'do nothing, successfully',
  group: 'shell',
  program: async () => 0,
}
