// Turns what zod found in a lesson's file into a sentence that names the file and the field, for authors.
import type { z } from 'zod'

export function describeIssues(file: string, issues: readonly z.core.$ZodIssue[]): string {
  const lines = issues.map((issue) => {
    const field = issue.path.map(String).join('.') || 'the whole file'
    return `  ${field}: ${issue.message}`
  })
  return `${file} does not follow the contract (sandbox-server/contract/lesson.ts):\n${lines.join('\n')}`
}

/** Parses, or throws an error that an author can act on. */
export function parseFriendly<T>(file: string, schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new Error(describeIssues(file, parsed.error.issues))
}
