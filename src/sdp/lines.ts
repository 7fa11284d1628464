/**
 * A description as lines: v=, m= and c= checked and with their numbers (RFC 8866 section 5), attributes as they stand.
 */
import { fault } from './fault.ts'
import type { SdpFault } from './format.ts'

const MAX_LINES = 512
const MAX_SECTIONS = 16
const MAX_FORMATS = 64

/** A c= line, its address not looked at yet. */
export interface Connection {
  readonly netType: string
  readonly addressType: string
  readonly address: string
  readonly line: number
}

/** An m= line. */
export interface MediaLine {
  readonly type: string
  /** 0-65535; 0 is a stream refused or ended. */
  readonly port: number
  readonly protocol: string
  readonly formats: readonly string[]
  readonly line: number
}

/** `a=name:value` or `a=name`, whose value is empty. */
export interface Attribute {
  readonly name: string
  readonly value: string
}

/** What stands before the first m= line, or from one up to the next. */
export interface Section {
  readonly connection: Connection | undefined
  /** In order; a name may come several times. */
  readonly attributes: readonly Attribute[]
}

export interface Lines {
  readonly ok: true
  readonly session: Section
  /** The value of t=. */
  readonly timing: string | undefined
  readonly sections: readonly (Section & { readonly media: MediaLine })[]
}

interface Draft {
  connection: Connection | undefined
  readonly attributes: Attribute[]
}

/** Ends of lines are CR LF, LF or CR, the same throughout. */
export function readLines(text: string): Lines | SdpFault {
  const lines = text.split(text.includes('\n') ? '\n' : '\r').map(withoutReturn)
  if (lines.length > MAX_LINES) return fault('too-large', `The description has more than ${MAX_LINES} lines.`)
  if (lines[0] !== 'v=0') return fault('syntax', 'The first line is not v=0.', 1)
  const session: Draft = { connection: undefined, attributes: [] }
  const sections: (Draft & { readonly media: MediaLine })[] = []
  let timing: string | undefined
  let section = session
  for (const [index, line] of lines.entries()) {
    const number = index + 1
    if (line === '') continue
    if (!isLine(line)) return fault('syntax', 'The line is not of the form x=value.', number)
    switch (line.charCodeAt(0)) {
      case ATTRIBUTE:
        section.attributes.push(readAttribute(line))
        break
      case CONNECTION: {
        const read = readConnection(line, number)
        if ('code' in read) return read
        // Several c= lines of one stream are meant for layered groups: the first stands for the stream.
        section.connection ??= read
        break
      }
      case MEDIA: {
        const read = readMediaLine(line, number)
        if ('code' in read) return read
        const opened = { media: read, connection: undefined, attributes: [] }
        section = opened
        if (sections.push(opened) > MAX_SECTIONS)
          return fault('too-large', `The description has more than ${MAX_SECTIONS} m= lines.`, number)
        break
      }
      case TIMING:
        timing = line.slice(2)
        break
      default:
        break
    }
  }
  return { ok: true, session, timing, sections }
}

const ATTRIBUTE = 0x61
const CONNECTION = 0x63
const MEDIA = 0x6d
const TIMING = 0x74

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line)

const isLine = (line: string): boolean => /^[a-z]=[^\0\r]*$/.test(line)

function readAttribute(line: string): Attribute {
  const colon = line.indexOf(':', 2)
  return colon < 0
    ? { name: line.slice(2).trimEnd(), value: '' }
    : { name: line.slice(2, colon), value: line.slice(colon + 1).trimEnd() }
}

const MEDIA_LINE = /^m=([!-~]+) (\d{1,5})(?:\/\d{1,5})? ([!-~]+)((?: +[!-~]+)*) *$/

function readMediaLine(text: string, line: number): MediaLine | SdpFault {
  const [, type = '', port = '', protocol = '', list = ''] = MEDIA_LINE.exec(text) ?? []
  const formats = list.split(' ').filter(format => format !== '')
  if (type === '' || Number(port) > 65535) return fault('syntax', 'The m= line is malformed or has no such port.', line)
  // A refused stream without formats is seen in the field and harms no one.
  if (formats.length === 0 && Number(port) !== 0) return fault('syntax', 'The m= line has no formats.', line)
  if (formats.length > MAX_FORMATS) return fault('too-large', `The m= line has more than ${MAX_FORMATS} formats.`, line)
  return { type, port: Number(port), protocol, formats, line }
}

const CONNECTION_LINE = /^c=(\S+) (\S+) (\S+) *$/

function readConnection(text: string, line: number): Connection | SdpFault {
  const [, netType, addressType, address] = CONNECTION_LINE.exec(text) ?? []
  if (netType === undefined || addressType === undefined || address === undefined)
    return fault('syntax', 'The c= line is not "network type address".', line)
  return { netType, addressType, address, line }
}
