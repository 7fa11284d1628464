/**
 * As much of XML 1.0 as SSML documents use: tags, text, comments, CDATA sections, the five named entities and numbers.
 * Declarations of a document type are refused, so that no entity can be defined.
 */

export type SsmlToken =
  | { readonly kind: 'text'; readonly text: string; readonly offset: number }
  | {
      readonly kind: 'start'
      readonly name: string
      readonly attributes: ReadonlyMap<string, string>
      /** `<break/>`: no end tag follows. */
      readonly empty: boolean
      readonly offset: number
    }
  | { readonly kind: 'end'; readonly name: string; readonly offset: number }
  | XmlFault

interface XmlFault {
  readonly kind: 'fault'
  readonly offset: number
  readonly message: string
}

const NAME = '[\\p{L}_:][\\p{L}\\p{N}_:.-]*'
const START_TAG = new RegExp(`<(${NAME})`, 'uy')
const END_TAG = new RegExp(`</(${NAME})\\s*>`, 'uy')
const ATTRIBUTE = new RegExp(`\\s+(${NAME})\\s*=\\s*(?:"([^"<]*)"|'([^'<]*)')`, 'uy')
const TAG_CLOSE = /\s*(\/?)>/y

/** Tokens in document order; a fault is the last one. Linear in the length of the document. */
export function* tokenize(document: string): Generator<SsmlToken> {
  let at = 0
  while (at < document.length) {
    const [token, next] = tokenAt(document, at)
    if (token) yield token
    if (token?.kind === 'fault') return
    at = next
  }
}

type Read = readonly [token: SsmlToken | undefined, next: number]

function tokenAt(document: string, at: number): Read {
  if (document[at] !== '<') return readText(document, at)
  if (document.startsWith('<!--', at)) return skipPast(document, at, '-->')
  if (document.startsWith('<![CDATA[', at)) {
    const [fault, next] = skipPast(document, at, ']]>')
    return fault ? [fault, next] : [{ kind: 'text', text: document.slice(at + 9, next - 3), offset: at }, next]
  }
  if (document.startsWith('<?', at)) return skipPast(document, at, '?>')
  if (document.startsWith('</', at)) {
    const name = matchAt(END_TAG, document, at)?.[1]
    return name === undefined
      ? faultAt(at, 'An end tag is malformed.')
      : [{ kind: 'end', name, offset: at }, END_TAG.lastIndex]
  }
  if (document.startsWith('<!', at)) return faultAt(at, 'Declarations such as <!DOCTYPE> are not allowed.')
  return readStartTag(document, at)
}

function readText(document: string, at: number): Read {
  const end = document.indexOf('<', at)
  const next = end < 0 ? document.length : end
  const decoded = decode(document.slice(at, next), at)
  return [typeof decoded === 'string' ? { kind: 'text', text: decoded, offset: at } : decoded, next]
}

function readStartTag(document: string, at: number): Read {
  const name = matchAt(START_TAG, document, at)?.[1]
  if (name === undefined) return faultAt(at, 'A "<" must be written as &lt; in text.')
  const attributes = new Map<string, string>()
  let next = START_TAG.lastIndex
  for (;;) {
    const attribute = matchAt(ATTRIBUTE, document, next)
    if (!attribute) break
    const [whole, key = '', double, single] = attribute
    const raw = double ?? single ?? ''
    const value = decode(raw, next + whole.length - 1 - raw.length)
    if (typeof value !== 'string') return [value, next]
    if (attributes.has(key)) return faultAt(next, `<${name}> has the attribute ${key} twice.`)
    attributes.set(key, value)
    next += whole.length
  }
  const close = matchAt(TAG_CLOSE, document, next)
  if (!close) return faultAt(next, `The tag <${name}> is malformed or does not end.`)
  return [{ kind: 'start', name, attributes, empty: close[1] === '/', offset: at }, next + close[0].length]
}

function skipPast(document: string, at: number, end: string): Read {
  const found = document.indexOf(end, at)
  return found < 0 ? faultAt(at, `The end ${end} is missing.`) : [undefined, found + end.length]
}

function matchAt(pattern: RegExp, document: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(document)
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
])

const REFERENCE = /&(?:#(\d{1,7})|#x([\dA-Fa-f]{1,6})|([A-Za-z]{1,8}));/y

/** `offset`: where `text` stands in the document. */
function decode(text: string, offset: number): string | XmlFault {
  let decoded = ''
  let at = 0
  for (;;) {
    const ampersand = text.indexOf('&', at)
    if (ampersand < 0) return decoded + text.slice(at)
    const reference = matchAt(REFERENCE, text, ampersand)
    const character = reference ? characterOf(reference) : undefined
    if (!reference || character === undefined)
      return faultAt(
        offset + ampersand,
        'An "&" must begin a known entity; alone it is written as &amp;.',
      )[0] as XmlFault
    decoded += text.slice(at, ampersand) + character
    at = ampersand + reference[0].length
  }
}

function characterOf([, decimal, hexadecimal, name]: RegExpExecArray): string | undefined {
  if (name !== undefined) return ENTITIES.get(name)
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal)
  return isCharacter(code) ? String.fromCodePoint(code) : undefined
}

/** XML 1.0 section 2.2. */
const isCharacter = (code: number): boolean =>
  code === 9 ||
  code === 10 ||
  code === 13 ||
  (code >= 0x20 && code <= 0xd7ff) ||
  (code >= 0xe000 && code <= 0xfffd) ||
  (code >= 0x10000 && code <= 0x10ffff)

const faultAt = (offset: number, message: string): Read => [{ kind: 'fault', offset, message }, offset]
