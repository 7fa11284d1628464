/**
 * The lines that must be right, with their numbers: v=, m= and c= (RFC 8866 section 5). Attributes are read elsewhere.
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

export interface Lines {
  readonly ok: true
  /** The session's. */
  readonly connection: Connection | undefined
  readonly sections: readonly { readonly media: MediaLine; readonly connection: Connection | undefined }[]
}

export function readLines(text: string): Lines | SdpFault {
  const lines = text.split(/\r\n|\r|\n/)
  if (lines.length > MAX_LINES) return fault('too-large', `The description has more than ${MAX_LINES} lines.`)
  if (lines[0] !== 'v=0') return fault('syntax', 'The first line is not v=0.', 1)
  const sections: { media: MediaLine; connection: Connection | undefined }[] = []
  const session: { connection: Connection | undefined } = { connection: undefined }
  for (const [index, line] of lines.entries()) {
    const read = readLine(line, index + 1)
    if (read === undefined) continue
    if ('code' in read) return read
    // Several c= lines of one stream are meant for layered groups: the first stands for the stream.
    if ('netType' in read) (sections.at(-1) ?? session).connection ??= read
    else if (sections.push({ media: read, connection: undefined }) > MAX_SECTIONS)
      return fault('too-large', `The description has more than ${MAX_SECTIONS} m= lines.`, read.line)
  }
  return { ok: true, connection: session.connection, sections }
}

function readLine(text: string, line: number): MediaLine | Connection | SdpFault | undefined {
  if (text === '') return undefined
  if (!/^[a-z]=[^\0]*$/.test(text)) return fault('syntax', 'The line is not of the form x=value.', line)
  if (text.startsWith('m=')) return readMediaLine(text, line)
  return text.startsWith('c=') ? readConnection(text, line) : undefined
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
