/**
 * Just enough SIP text for a scripted phone; deliberately not the switch's own parser and writer.
 */
export interface Text {
  readonly start: string
  /** Values by lower-case name, in order. */
  readonly fields: ReadonlyMap<string, readonly string[]>
  readonly body: string
}

export function readText(bytes: Uint8Array): Text {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const end = text.indexOf('\r\n\r\n')
  const lines = text.slice(0, end < 0 ? text.length : end).split('\r\n')
  const fields = new Map<string, string[]>()
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).trim().toLowerCase()
    const value = line.slice(colon + 1).trim()
    const values = fields.get(name)
    if (values) values.push(value)
    else fields.set(name, [value])
  }
  return { start: lines[0] ?? '', fields, body: end < 0 ? '' : text.slice(end + 4) }
}

export const field = (text: Text, name: string): string => text.fields.get(name)?.[0] ?? ''

export const tagIn = (value: string): string => /;tag=([^;>\s]+)/.exec(value)?.[1] ?? ''

export const uriIn = (value: string): string => /<([^>]*)>/.exec(value)?.[1] ?? value.split(';')[0] ?? ''

export const branchIn = (via: string): string => /;branch=([^;\s,]+)/.exec(via)?.[1] ?? ''

export const statusOf = (text: Text): number =>
  text.start.startsWith('SIP/2.0 ') ? Number(text.start.slice(8, 11)) : 0

export const methodOf = (text: Text): string => text.start.split(' ')[0] ?? ''

export const cseqOf = (text: Text): { number: number; method: string } => {
  const [number = '0', method = ''] = field(text, 'cseq').split(' ')
  return { number: Number(number), method }
}

/** A message of these lines; empty and undefined lines are left out. */
export function writeText(lines: readonly (string | undefined | false)[], body = ''): Uint8Array {
  const head = lines.filter(line => line !== undefined && line !== false && line !== '')
  return Buffer.from(`${head.join('\r\n')}\r\nContent-Length: ${body.length}\r\n\r\n${body}`, 'latin1')
}

export interface PhoneSdp {
  readonly address: string
  readonly port: number
  /** 0 PCMU, 8 PCMA. */
  readonly payloadTypes?: readonly number[]
  /** RFC 4733 payload type; 0: none. */
  readonly events?: number
  readonly direction?: string
}

const NAMES: Readonly<Record<number, string>> = { 0: 'PCMU', 8: 'PCMA', 9: 'G722' }

export function writeSdp({ address, port, payloadTypes = [0], events = 101, direction }: PhoneSdp): string {
  const types = [...payloadTypes, ...(events ? [events] : [])]
  return [
    'v=0',
    `o=- 7 1 IN IP4 ${address}`,
    's=-',
    `c=IN IP4 ${address}`,
    't=0 0',
    `m=audio ${port} RTP/AVP ${types.join(' ')}`,
    ...payloadTypes.map(type => `a=rtpmap:${type} ${NAMES[type]}/8000`),
    ...(events ? [`a=rtpmap:${events} telephone-event/8000`, `a=fmtp:${events} 0-15`] : []),
    'a=ptime:20',
    ...(direction ? [`a=${direction}`] : []),
    '',
  ].join('\r\n')
}

/** Where and how the far end wants media. */
export function readSdp(
  body: string,
): { address: string; port: number; payloadType: number; events: number } | undefined {
  const media = /^m=audio (\d+) RTP\/AVP (\d+)/m.exec(body)
  if (!media) return undefined
  return {
    address: /^c=IN IP[46] (\S+)/m.exec(body)?.[1] ?? '',
    port: Number(media[1]),
    payloadType: Number(media[2]),
    events: Number(/^a=rtpmap:(\d+) telephone-event/m.exec(body)?.[1] ?? 0),
  }
}
