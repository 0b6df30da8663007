// Parses curl's command line. Source: curl 7.88.1, src/tool_getparam.c.
import { CurlUsageError, type OptionRule, optionRules } from './option-rules.ts'
import { type CurlOptions, defaultOptions } from './options.ts'

export function parseCurl(words: readonly string[]): CurlOptions {
  const options = defaultOptions()
  const take = (name: string, index: number): string => {
    const value = words[index]
    if (value === undefined) throw new CurlUsageError(`option ${name}: requires parameter`)
    return value
  }
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    if (word === '--') {
      options.urls.push(...words.slice(index + 1))
      break
    }
    if (word.startsWith('--')) {
      const name = word.slice(2)
      const positive = name.startsWith('no-') ? name.slice(3) : name
      const rule = ruleByLong(name) ?? ruleByLong(positive)
      if (!rule || (rule.long !== name && !rule.flag && !rule.long.startsWith(name)))
        throw new CurlUsageError(`option ${word}: is unknown`)
      if (rule.value) rule.value(options, take(word, ++index))
      else rule.flag?.(options, !name.startsWith('no-') || rule.long.startsWith('no-'))
      continue
    }
    if (!word.startsWith('-') || word === '-') {
      options.urls.push(word)
      continue
    }
    for (let rest = word.slice(1); rest !== ''; rest = rest.slice(1)) {
      const letter = rest.slice(0, 1)
      const rule = optionRules.find(({ short }) => short === letter)
      if (!rule) throw new CurlUsageError(`option ${word}: is unknown`)
      if (rule.flag) {
        rule.flag(options, true)
        continue
      }
      rule.value?.(options, rest.length > 1 ? rest.slice(1) : take(`-${letter}`, ++index))
      break
    }
  }
  return options
}

/** Exact, or the only one that begins so. */
function ruleByLong(name: string): OptionRule | undefined {
  const exact = optionRules.find(({ long }) => long === name)
  if (exact) return exact
  const matching = optionRules.filter(({ long }) => long.startsWith(name))
  return matching.length === 1 ? matching[0] : undefined
}
