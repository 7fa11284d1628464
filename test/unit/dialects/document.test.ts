import { describe, expect, test } from 'vitest'
import { copyDocument, parseDocument } from '../../../src/dialects/document.ts'
import { Report } from '../../../src/dialects/report.ts'

function parse(text: string) {
  const report = new Report()
  const value = parseDocument(text, report)
  return { value, problems: report.problems, warnings: report.warnings.map(warning => warning.code) }
}

const nest = (depth: number): string => `${'['.repeat(depth)}1${']'.repeat(depth)}`

describe('JSON from outside', () => {
  test.each(['1', 'true', 'null', '"x"', '[]', '{}', '{"a":[1,{"b":null}],"c":"\\u00e4\\n"}', ' \t\r\n[1]'])(
    '%s is itself',
    text => {
      expect(parse(text)).toEqual({ value: JSON.parse(text), problems: [], warnings: [] })
    },
  )

  test('A20: comments and trailing commas are accepted and said', () => {
    expect(parse('[1,]')).toMatchObject({ value: [1], warnings: ['trailing-comma'] })
    expect(parse('{"a":1,/* x */}')).toMatchObject({ value: { a: 1 }, warnings: ['comment', 'trailing-comma'] })
    expect(parse('// x\n["//", "/*", ",]"]')).toMatchObject({ value: ['//', '/*', ',]'], warnings: ['comment'] })
  })

  test('objects have no prototype, so that no key means anything', () => {
    const { value } = parse('{"toString":1,"constructor":{"prototype":2}}')
    expect(Object.getPrototypeOf(value)).toBeNull()
    expect(Object.keys(value as object)).toEqual(['toString', 'constructor'])
  })

  test.each([
    ['{"a":1,"a":2}', '$.a', 'duplicate-key'],
    ['[{"x":{"a b":1,"a b":2}}]', '$[0].x["a b"]', 'duplicate-key'],
    ['{"__proto__":1}', '$.__proto__', 'reserved-key'],
    ['{"a":[{"\\u005f_proto__":1}]}', '$.a[0].__proto__', 'reserved-key'],
    ['', '$', 'bad-json'],
    ['   ', '$', 'bad-json'],
    ['{"a":', '$.a', 'bad-json'],
    ['[1 2]', '$[0]', 'bad-json'],
    ['[1] x', '$', 'bad-json'],
    ["['a']", '$[0]', 'bad-json'],
    ['{"a":"x\ny"}', '$.a', 'bad-json'],
    ['{"verb":"play","url":undefined}', '$.url', 'bad-json'],
    ['/* x', '$', 'bad-json'],
  ])('%j is refused at %s', (text, path, code) => {
    const { value, problems } = parse(text)
    expect(value).toBeUndefined()
    expect(problems[0]).toMatchObject({ path, code })
  })

  test('a fault in the text has its line, column and offset', () => {
    const [problem] = parse('[\n  1,\n  oops\n]').problems
    expect(problem?.message).toBe('The document is not JSON at line 3, column 3 (offset 9): invalid symbol.')
  })

  test('depth is bounded before anything recurses', () => {
    expect(parse(nest(32)).problems).toEqual([])
    expect(parse(nest(33)).problems).toMatchObject([{ code: 'too-deep' }])
    expect(parse('['.repeat(1_000_000)).problems).toMatchObject([{ code: 'too-deep' }])
    expect(parse(`"${'['.repeat(100)}"`).problems).toEqual([])
  })

  test('size is bounded in bytes', () => {
    expect(parse(`"${'x'.repeat(1_048_574)}"`).problems).toEqual([])
    expect(parse(`"${'x'.repeat(1_048_575)}"`).problems).toMatchObject([{ code: 'too-large' }])
    expect(parse(`"${'ä'.repeat(600_000)}"`).problems).toMatchObject([{ code: 'too-large' }])
  })
})

describe('a document that somebody else has parsed', () => {
  const copy = (value: unknown) => {
    const report = new Report()
    return { value: copyDocument(value, '$', report), problems: report.problems }
  }

  test('is copied, not shared', () => {
    const original = { a: [{ b: 1 }] }
    const { value } = copy(original)
    expect(value).toEqual(original)
    expect(value).not.toBe(original)
    expect(Object.getPrototypeOf(value)).toBeNull()
  })

  test('has the same bounds', () => {
    expect(copy(JSON.parse(nest(32))).problems).toEqual([])
    expect(copy(JSON.parse(nest(33))).problems).toMatchObject([{ path: `$${'[0]'.repeat(32)}`, code: 'too-deep' }])
    expect(copy(JSON.parse('{"a":{"__proto__":1}}')).problems).toMatchObject([
      { path: '$.a.__proto__', code: 'reserved-key' },
    ])
  })

  test('may even bite its own tail', () => {
    const snake: unknown[] = []
    snake.push(snake)
    expect(copy(snake).problems).toMatchObject([{ code: 'too-deep' }])
  })
})
