// The colours of the site keep their contrast: 4.5 to 1 for text, 3 to 1 for shapes, in both themes.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync(new URL('../../src/styles/tokens.css', import.meta.url), 'utf8')

function tokensOf(selector: string): Map<string, string> {
  const start = css.indexOf(selector)
  if (start === -1) throw new Error(`tokens.css has no ${selector}`)
  const block = css.slice(start, css.indexOf('}', start))
  return new Map(
    [...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name = '', color = '']) => [name, color]),
  )
}

/** WCAG 2.2, relative luminance. */
function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

const text = ['ink', 'ink-soft', 'water', 'delivered', 'dropped', 'waiting', 'note']
const terminal = ['term-red', 'term-green', 'term-yellow', 'term-blue', 'term-magenta', 'term-cyan']
const grounds = ['paper', 'sheet', 'shallow']

const themes: [string, string][] = [
  ['light', ':root {'],
  ['dark', ':root[data-theme="dark"] {'],
]

describe.each(themes)('the %s theme', (_name, selector) => {
  const tokens = tokensOf(selector)
  const color = (name: string): string => {
    const found = tokens.get(name)
    if (found === undefined) throw new Error(`no token ${name}`)
    return found
  }

  it('gives every text colour 4.5 to 1 on every ground', () => {
    const poor = text.flatMap((name) =>
      grounds
        .map((ground) => ({ name, ground, ratio: contrast(color(name), color(ground)) }))
        .filter(({ ratio }) => ratio < 4.5),
    )
    expect(poor).toEqual([])
  })

  it('gives the terminal colours 4.5 to 1 on its sheet', () => {
    expect(terminal.filter((name) => contrast(color(name), color('sheet')) < 4.5)).toEqual([])
  })

  it('gives ink and soft ink 4.5 to 1 on the land of the map', () => {
    expect(['ink', 'ink-soft'].filter((name) => contrast(color(name), color('land')) < 4.5)).toEqual([])
  })

  it('gives edges of what can be pressed 3 to 1', () => {
    expect(grounds.filter((ground) => contrast(color('edge'), color(ground)) < 3)).toEqual([])
  })

  it('gives words on water 4.5 to 1', () => {
    expect(contrast(color('on-water'), color('water'))).toBeGreaterThanOrEqual(4.5)
  })
})

it('says the same for a system that is dark as for a reader who chose dark', () => {
  const system = tokensOf(':root:not([data-theme="light"]) {')
  expect([...system]).toEqual([...tokensOf(':root[data-theme="dark"] {')])
})
