// How kubectl lays out text: go-yaml's scalars, encoding/json, tabwriter's columns, ages, Go templates, sorting.
import { describe, expect, test } from 'vitest'
import { GoTemplate } from '../../../../sandbox-server/simulator/kubectl/output/go-template.ts'
import {
  humanDuration,
  parseDuration,
  quote,
  toJson,
} from '../../../../sandbox-server/simulator/kubectl/output/go-text.ts'
import { natural, sortBy } from '../../../../sandbox-server/simulator/kubectl/output/sort.ts'
import { align } from '../../../../sandbox-server/simulator/kubectl/output/tab-writer.ts'
import { toYaml } from '../../../../sandbox-server/simulator/kubectl/output/yaml.ts'

describe('YAML', () => {
  test('keys are sorted, sequences are not indented, what would be read as another type is quoted', () => {
    const value = {
      kind: 'Test',
      b: ['80', 80, 'yes', true, 'null', null, '', '1e3', '0x1F', '2026-11-24', '~'],
      a10: 1,
      a9: 2,
      nested: [{ y: 1, x: [] }, [1, 2], {}],
      text: 'a: b',
      dash: '- x',
      hash: 'a #b',
      colon: 'a:b',
      quote: "it's",
      multi: 'one\ntwo\n',
      open: 'one\ntwo',
      tab: 'a\tb',
    }
    expect(toYaml(value)).toBe(`a9: 2
a10: 1
b:
- "80"
- 80
- "yes"
- true
- "null"
- null
- ""
- "1e3"
- "0x1F"
- "2026-11-24"
- "~"
colon: a:b
dash: '- x'
hash: 'a #b'
kind: Test
multi: |
  one
  two
nested:
- x: []
  "y": 1
- - 1
  - 2
- {}
open: |-
  one
  two
quote: it's
tab: "a\\tb"
text: 'a: b'
`)
  })

  test('a long line is folded at a blank past 80 columns', () => {
    const message =
      'containers with unready status: [one two three four five six seven eight nine ten eleven twelve]'
    expect(toYaml({ message })).toBe(
      "message: 'containers with unready status: [one two three four five six seven eight\n  nine ten eleven twelve]'\n",
    )
  })
})

test('JSON is sorted and safe in HTML', () => {
  expect(toJson({ b: '<a&b>', a: [1, {}] })).toBe('{"a":[1,{}],"b":"\\u003ca\\u0026b\\u003e"}')
  expect(toJson({ a: [], b: { c: 1 } }, '    ')).toBe('{\n    "a": [],\n    "b": {\n        "c": 1\n    }\n}')
})

test('columns are as wide as their neighbours need', () => {
  expect(align('a\tb\tc\nlonger\tx\ty\n\nnew\tblock\n')).toBe('a       b  c\nlonger  x  y\n\nnew  block\n')
})

test('ages are printed as apimachinery does', () => {
  const at = (seconds: number) => humanDuration(seconds * 1000)
  expect(
    [0, 119, 120, 599, 600, 3 * 3600 - 1, 3 * 3600 + 60, 8 * 3600, 2 * 86400, 8 * 86400, 800 * 86400].map(at),
  ).toEqual(['0s', '119s', '2m', '9m59s', '10m', '179m', '3h1m', '8h', '2d', '8d', '2y70d'])
  expect([parseDuration('1m30s'), parseDuration('1.5h'), parseDuration('5'), parseDuration('x')]).toEqual([
    90_000,
    5_400_000,
    undefined,
    undefined,
  ])
  expect(quote('a"b\n\u0001')).toBe('"a\\"b\\n\\x01"')
})

test('Go templates range, test and call', () => {
  const data = {
    items: [
      { n: 'a', p: 1 },
      { n: 'b', p: 2 },
    ],
    m: { k: 'v' },
  }
  const render = (template: string) => new GoTemplate(template).render(data)
  expect(render('{{range $i, $x := .items}}{{if $i}}, {{end}}{{$x.n}}{{end}}')).toBe('a, b')
  expect(
    render('{{range .items}}{{if eq .n "a"}}first{{else if eq .p 2}}two{{else}}other{{end}} {{end}}'),
  ).toBe('first two ')
  expect(render('{{len .items}} {{(index .items 1).n}} {{.m}} {{.nosuch}} {{printf "%q %d" .m.k 3}}')).toBe(
    '2 b map[k:v] <no value> "v" 3',
  )
  expect(render('{{with .nosuch}}x{{else}}none{{end}} {{- " trimmed" }}')).toBe('none trimmed')
})

test('sorting knows numbers within names, quantities, and puts what lacks the field first', () => {
  expect(['a10', 'a9', 'a'].sort(natural)).toEqual(['a', 'a9', 'a10'])
  const items = [{ m: '1Gi' }, { m: '200Mi' }, {}]
  expect(sortBy(items, '.m', (item) => item)).toEqual([{}, { m: '200Mi' }, { m: '1Gi' }])
  expect(() => sortBy([{}], '.x', (item) => item)).toThrow(
    `couldn't find any field with path "{.x}" in the list of objects`,
  )
})
