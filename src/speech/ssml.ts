/**
 * A subset of SSML (W3C Speech Synthesis Markup Language 1.1), read by us so that every engine behaves the same: `speak`,
 * `break`, `prosody` with `rate`, `say-as` with `digits` or `characters`. Other elements keep their text.
 */
import { breakMs, prosodyRate } from './ssml-values.ts'
import { type SsmlToken, tokenize } from './xml.ts'

export type SpeechFragment =
  /** `rate` as in SpeechRequest. */
  { readonly kind: 'text'; readonly text: string; readonly rate: number } | SpeechSilence

interface SpeechSilence {
  readonly kind: 'silence'
  readonly durationMs: number
}

export interface SsmlFault {
  readonly ok: false
  /** In UTF-16 units from the start of the document. */
  readonly offset: number
  readonly message: string
}

export type SsmlResult = { readonly ok: true; readonly fragments: readonly SpeechFragment[] } | SsmlFault

export const SSML_LIMIT_CHARACTERS = 20_000
const DEPTH_LIMIT = 32

/** Whether a text that may be either is meant as SSML. */
export const isSsml = (text: string): boolean => /^\s*(<\?xml|<!--|<speak[\s/>])/.test(text)

export function readSsml(document: string): SsmlResult {
  if (document.length > SSML_LIMIT_CHARACTERS)
    return ssmlFault(SSML_LIMIT_CHARACTERS, `The document has more than ${SSML_LIMIT_CHARACTERS} characters.`)
  const reader = new SsmlReader()
  for (const token of tokenize(document)) {
    const fault = token.kind === 'fault' ? ssmlFault(token.offset, token.message) : reader.take(token)
    if (fault) return fault
  }
  return reader.finish(document.length)
}

type SayAs = 'digits' | 'characters' | undefined

interface Open {
  readonly name: string
  readonly rate: number
  readonly sayAs: SayAs
}

class SsmlReader {
  readonly #fragments: SpeechFragment[] = []
  readonly #open: Open[] = []
  #rootSeen = false
  #text = ''
  #textRate = 1

  take(token: Exclude<SsmlToken, { kind: 'fault' }>): SsmlFault | undefined {
    switch (token.kind) {
      case 'text':
        return this.#takeText(token.text, token.offset)
      case 'start':
        return this.#takeStart(token)
      case 'end':
        return this.#takeEnd(token.name, token.offset)
    }
  }

  finish(offset: number): SsmlResult {
    const open = this.#open.at(-1)
    if (open) return ssmlFault(offset, `<${open.name}> is never closed.`)
    if (!this.#rootSeen) return ssmlFault(offset, 'There is no <speak>.')
    this.#flush()
    return { ok: true, fragments: this.#fragments }
  }

  #takeText(text: string, offset: number): SsmlFault | undefined {
    const open = this.#open.at(-1)
    if (open) this.#say(sayAs(text, open.sayAs), open.rate)
    else if (text.trim()) return ssmlFault(offset, 'Text must stand within <speak>.')
    return undefined
  }

  #takeStart(token: SsmlToken & { kind: 'start' }): SsmlFault | undefined {
    const { name, offset } = token
    const outer = this.#open.at(-1)
    if (!outer && (this.#rootSeen || name !== 'speak'))
      return ssmlFault(offset, `<${name}> must stand within a single <speak>.`)
    if (this.#open.length >= DEPTH_LIMIT)
      return ssmlFault(offset, `Elements are nested deeper than ${DEPTH_LIMIT} levels.`)
    this.#rootSeen = true
    const inner = this.#enter(token, outer ?? { name, rate: 1, sayAs: undefined })
    if ('ok' in inner) return inner
    if (!token.empty) this.#open.push(inner)
    return undefined
  }

  #enter({ name, attributes, offset }: SsmlToken & { kind: 'start' }, outer: Open): Open | SsmlFault {
    const inner = { ...outer, name }
    if (SEPARATING.has(name)) this.#say(' ', outer.rate)
    if (name === 'break') {
      const durationMs = breakMs(attributes)
      if (durationMs === undefined)
        return ssmlFault(offset, '<break> has a time or strength that cannot be understood.')
      this.#pause(durationMs)
    } else if (name === 'prosody') {
      const rate = prosodyRate(attributes.get('rate'), outer.rate)
      if (rate === undefined) return ssmlFault(offset, '<prosody> has a rate that cannot be understood.')
      return { ...inner, rate }
    } else if (name === 'say-as') {
      this.#say(' ', outer.rate)
      return { ...inner, sayAs: sayAsOf(attributes.get('interpret-as')) }
    }
    return inner
  }

  #takeEnd(name: string, offset: number): SsmlFault | undefined {
    const open = this.#open.pop()
    if (open?.name !== name)
      return ssmlFault(offset, `</${name}> closes ${open ? `<${open.name}>` : 'nothing that is open'}.`)
    if (SEPARATING.has(name) || name === 'say-as') this.#say(' ', open.rate)
    return undefined
  }

  /** Neighbours of one rate are one fragment: an engine speaks a sentence better in one piece. */
  #say(text: string, rate: number): void {
    if (rate !== this.#textRate) this.#flush()
    this.#textRate = rate
    this.#text += text
  }

  #pause(durationMs: number): void {
    this.#flush()
    if (durationMs > 0) this.#fragments.push({ kind: 'silence', durationMs })
  }

  #flush(): void {
    const text = this.#text.replace(/\s+/g, ' ').trim()
    this.#text = ''
    if (text) this.#fragments.push({ kind: 'text', text, rate: this.#textRate })
  }
}

/** Elements whose text is never one word with its neighbour. */
const SEPARATING: ReadonlySet<string> = new Set(['p', 's', 'paragraph', 'sentence', 'speak'])

const sayAsOf = (value: string | undefined): SayAs => {
  if (value === 'digits' || value === 'characters') return value
  return value === 'spell-out' ? 'characters' : undefined
}

/** One character with the marks that belong to it. */
const CHARACTER = /\P{M}\p{M}*/gu

function sayAs(text: string, how: SayAs): string {
  if (how === 'digits') return text.replace(/\p{Nd}/gu, ' $& ')
  if (how === 'characters') return (text.match(CHARACTER) ?? []).join(' ')
  return text
}

const ssmlFault = (offset: number, message: string): SsmlFault => ({ ok: false, offset, message })
