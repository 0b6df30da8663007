// Expectations from k8s.io/client-go/util/jsonpath/jsonpath_test.go and kubernetes.io/docs/reference/kubectl/jsonpath.
import { describe, expect, test } from 'vitest'
import { JsonPath, relaxedPath } from '../../../../sandbox-server/simulator/kubectl/jsonpath.ts'

const store = {
  kind: 'List',
  Book: [
    { Category: 'reference', Author: 'Nigel Rees', Title: 'Sayings of the Centurey', Price: 8.95 },
    { Category: 'fiction', Author: 'Evelyn Waugh', Title: 'Sword of Honour', Price: 12.99 },
  ],
  Bicycle: [
    { Color: 'red', Price: 19.95, IsNew: true },
    { Color: 'green', Price: 20.01, IsNew: false },
  ],
  Labels: { engieer: 10, 'web/html': 15, 'k8s-app': 20, 'a.b': 'dotted' },
  Empty: [],
}

describe('a template', () => {
  test.each([
    ['plain', 'hello jsonpath', 'hello jsonpath'],
    ['a field', '{.kind}', 'List'],
    ['two expressions', '{.kind} and {.Book[0].Author}', 'List and Nigel Rees'],
    ['quoted text', '{"\\n"}{.kind}{"\\t"}', '\nList\t'],
    ['an index', '{.Book[1].Title}', 'Sword of Honour'],
    ['an index from the end', '{.Book[-1].Author}', 'Evelyn Waugh'],
    ['a slice', '{.Book[0:1].Author}', 'Nigel Rees'],
    ['a slice with a step', '{.Book[0:2:2].Author}', 'Nigel Rees'],
    ['all items', '{.Bicycle[*].Color}', 'red green'],
    ['a union', "{.Bicycle[0]['Color','Price']}", 'red 19.95'],
    ['a quoted key', "{.Labels['web/html']}", '15'],
    ['an escaped dot', '{.Labels.a\\.b}', 'dotted'],
    ['a key with a dash', '{.Labels.k8s-app}', '20'],
    ['recursive descent', '{..Color}', 'red green'],
    ['a filter on text', '{.Bicycle[?(@.Color=="red")].Price}', '19.95'],
    ['a filter on a number', '{.Book[?(@.Price<10)].Title}', 'Sayings of the Centurey'],
    ['a filter on a boolean', '{.Bicycle[?(@.IsNew==true)].Color}', 'red'],
    ['a filter on existence', '{.Book[?(@.Author)].Category}', 'reference fiction'],
    ['a range', '{range .Bicycle[*]}{.Color}={.Price}{"\\n"}{end}', 'red=19.95\ngreen=20.01\n'],
    ['nested ranges', '{range .Bicycle[*]}{range $.Book[*]}{.Price} {end}{end}', '8.95 12.99 8.95 12.99 '],
    ['an object', '{.Bicycle[0]}', '{"Color":"red","IsNew":true,"Price":19.95}'],
    ['an empty list', '{.Empty[*].x}', ''],
    ['a missing field', '{.nosuch.deeper}', ''],
  ])('%s', (_, template, printed) => {
    expect(new JsonPath(template, { allowMissing: true }).render(store)).toBe(printed)
  })

  test('a missing field is an error where that is asked for', () => {
    expect(() => new JsonPath('{.nosuch}').render(store)).toThrow('nosuch is not found')
  })

  test.each([
    ['{.a', 'unclosed action'],
    ['{range .a}{.b}', 'unmatched range: no end'],
    ['{end}', 'not in range, nothing to end'],
    ['{.Book[9]}', 'array index out of bounds: index 9, length 2'],
  ])('%s is refused', (template, message) => {
    expect(() => new JsonPath(template).render(store)).toThrow(message)
  })

  test('a bare path is taken as an expression', () => {
    expect(['.a.b', 'a.b', '{.a.b}', '{a.b}'].map(relaxedPath)).toEqual([
      '{.a.b}',
      '{.a.b}',
      '{.a.b}',
      '{.a.b}',
    ])
  })
})
