/**
 * JSON from outside, made safe to walk: bounded size and depth, no ambiguous keys, objects without a prototype.
 * Comments and trailing commas are accepted, since the documents of every vendor contain them (choice A20).
 */
import { createScanner, getLocation, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import { jsonPath, type Report } from './report.ts'

const MAX_BYTES = 1_048_576
const MAX_DEPTH = 32

/** The parsed document, or undefined with at least one problem in the report. */
export function parseDocument(text: string, report: Report): unknown {
  if (text.length > MAX_BYTES || Buffer.byteLength(text) > MAX_BYTES) {
    return report.refuse('$', 'too-large', `A document has at most ${MAX_BYTES} bytes.`)
  }
  const before = report.problems.length
  scan(text, report)
  if (report.problems.length > before) return undefined
  const errors: ParseError[] = []
  const root = parseTree(text, errors, { allowTrailingComma: true })
  const [error] = errors
  if (error || !root) return refuseSyntax(text, error, report)
  const value = plainValue(root, '$', report)
  return report.problems.length > before ? undefined : value
}

/** A document that somebody else has parsed, checked and copied in the same way; undefined as above. */
export function copyDocument(value: unknown, path: string, report: Report): unknown {
  const before = report.problems.length
  const copy = copyOf(value, path, 0, report)
  return report.problems.length > before ? undefined : copy
}

/** Depth, comments and trailing commas, without recursion: the parser after it may recurse. */
function scan(text: string, report: Report): undefined {
  const scanner = createScanner(text, false)
  let depth = 0
  let lastMark = ''
  let comments = 0
  let trailingCommas = 0
  // By position: behind a comment that never ends the end of the text has a length too, and no end.
  while (scanner.getPosition() < text.length) {
    scanner.scan()
    const first = text[scanner.getTokenOffset()] as string
    if (/\s/.test(first)) continue
    if (first === '/') {
      comments++
      continue
    }
    if ((first === ']' || first === '}') && lastMark === ',') trailingCommas++
    if (first === '[' || first === '{') depth++
    if (first === ']' || first === '}') depth--
    if (depth > MAX_DEPTH) return report.refuse('$', 'too-deep', `A document is nested at most ${MAX_DEPTH} deep.`)
    lastMark = first
  }
  if (comments > 0) report.warn('$', 'comment', 'The document has comments, which JSON does not have.')
  if (trailingCommas > 0) report.warn('$', 'trailing-comma', 'The document has trailing commas, which JSON forbids.')
}

function refuseSyntax(text: string, error: ParseError | undefined, report: Report): undefined {
  if (!error) return report.refuse('$', 'bad-json', 'The document is empty.')
  const before = text.slice(0, error.offset)
  const line = before.split('\n').length
  const column = error.offset - before.lastIndexOf('\n')
  const keys = getLocation(text, error.offset).path.filter(key => key !== '')
  const what = printParseErrorCode(error.error)
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase()
  const where = `line ${line}, column ${column} (offset ${error.offset})`
  return report.refuse(jsonPath('$', keys), 'bad-json', `The document is not JSON at ${where}: ${what}.`)
}

function plainValue(node: Node, path: string, report: Report): unknown {
  const children = node.children ?? []
  if (node.type === 'array') return children.map((child, index) => plainValue(child, `${path}[${index}]`, report))
  if (node.type !== 'object') return node.value as unknown
  const object = bareObject()
  for (const { children: [key, value] = [] } of children) {
    const name = String(key?.value)
    const place = jsonPath(path, [name])
    if (Object.hasOwn(object, name)) report.refuse(place, 'duplicate-key', `The key ${name} stands here twice.`)
    if (checkKey(name, place, report) && value) object[name] = plainValue(value, place, report)
  }
  return object
}

function copyOf(value: unknown, path: string, depth: number, report: Report): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth >= MAX_DEPTH) {
    return report.refuse(path, 'too-deep', `A document is nested at most ${MAX_DEPTH} deep.`)
  }
  if (Array.isArray(value)) return value.map((item, index) => copyOf(item, `${path}[${index}]`, depth + 1, report))
  const object = bareObject()
  for (const [name, item] of Object.entries(value)) {
    const place = jsonPath(path, [name])
    if (checkKey(name, place, report)) object[name] = copyOf(item, place, depth + 1, report)
  }
  return object
}

/** The one key that would reach a prototype wherever the value is copied on. */
function checkKey(name: string, path: string, report: Report): boolean {
  if (name !== '__proto__') return true
  report.refuse(path, 'reserved-key', 'The key __proto__ is not accepted.')
  return false
}

const bareObject = (): Record<string, unknown> => Object.create(null) as Record<string, unknown>
