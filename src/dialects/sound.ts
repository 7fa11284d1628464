/**
 * Sounds by name: audio files and URLs, `tone_stream://` and `silence_stream://`.
 *
 * Of the tone language of FreeSWITCH the part that telephone tones need: `%(onMs,offMs,hz[,hz...])`, several of them
 * with `;` between, and `loops=n` or a leading `L=n` (-1 is without end).
 */
import type { Source } from '../flow/index.ts'
import { isPrintable } from './text.ts'

export interface Sound {
  readonly sources: readonly Source[]
  /** To be repeated until it is stopped. */
  readonly endless: boolean
}

export type ReadSound = ({ readonly ok: true } & Sound) | { readonly ok: false; readonly message: string }

const MAX_LOCATION = 2_048
const MAX_MS = 3_600_000
const MAX_SOURCES = 100
/** Of each sinusoid; two of them make -10 dBm0, the middle of ITU-T E.180. */
const LEVEL_DBM0 = -13

const fault = (message: string): ReadSound => ({ ok: false, message })

export function readSound(text: string): ReadSound {
  if (text.length > MAX_LOCATION) return fault(`The name of a sound has at most ${MAX_LOCATION} characters.`)
  if (text === '' || !isPrintable(text)) return fault('The name of a sound has a character that cannot be in one.')
  const [, scheme, rest = ''] = /^([a-z][a-z0-9_+.-]*):\/\/(.*)$/i.exec(text) ?? []
  switch (scheme?.toLowerCase()) {
    case undefined:
      return readPath(text)
    case 'http':
    case 'https':
      return readUrl(text)
    case 'tone_stream':
      return readTones(rest)
    case 'silence_stream':
      return readSilence(rest)
    default:
      return fault(`${scheme}:// is not a kind of sound; use http, https, tone_stream or silence_stream.`)
  }
}

function readUrl(text: string): ReadSound {
  return URL.canParse(text) && !text.includes(' ')
    ? { ok: true, sources: [{ kind: 'audio', location: text }], endless: false }
    : fault('The URL of the sound is not valid.')
}

/** A path below the prompt directory; whoever opens it resolves it again. */
function readPath(path: string): ReadSound {
  const parts = path.split('/')
  const leavesRoot = parts.some(part => part === '' || part === '.' || part === '..' || part.startsWith('~'))
  if (leavesRoot || path.trim() !== path || /[\\:%?#]/.test(path)) {
    return fault('A file is named by its path below the prompt directory, such as greetings/hello.wav.')
  }
  return { ok: true, sources: [{ kind: 'audio', location: path }], endless: false }
}

function readSilence(rest: string): ReadSound {
  const [, duration] = /^(-1|[0-9]{1,8})(?:,[0-9]{1,8})?$/.exec(rest) ?? []
  if (duration === undefined || Number(duration) > MAX_MS) {
    return fault('Silence is written silence_stream:// and milliseconds, or -1 for no end.')
  }
  const endless = duration === '-1'
  return { ok: true, sources: [{ kind: 'silence', durationMs: endless ? 1_000 : Number(duration) }], endless }
}

function readTones(rest: string): ReadSound {
  let loops = 1
  const cycle: Source[] = []
  for (const part of rest.split(';')) {
    const [, count] = /^(?:loops|L)=(-1|[0-9]{1,4})$/.exec(part.trim()) ?? []
    const tone = count === undefined ? readTone(part.trim()) : undefined
    if (count !== undefined) loops = Number(count)
    else if (tone) cycle.push(tone)
    else return fault('Tones are written %(onMs,offMs,hz,hz), with ; between them, and ;loops=n.')
  }
  if (cycle.length === 0) return fault('The tone stream has no tone.')
  const times = Math.max(loops, 1)
  if (cycle.length * times > MAX_SOURCES && cycle.length > 1)
    return fault(`A tone stream has at most ${MAX_SOURCES} tones.`)
  return { ok: true, sources: repeat(cycle, times), endless: loops === -1 }
}

function readTone(part: string): Source | undefined {
  const [, list] = /^%\(([0-9., ]{1,80})\)$/.exec(part) ?? []
  const [onMs = Number.NaN, offMs = Number.NaN, ...frequenciesHz] = (list ?? '').split(',').map(toNumber)
  const isDuration = (ms: number): boolean => ms >= 0 && ms <= MAX_MS
  if (!isDuration(onMs) || !isDuration(offMs) || onMs + offMs === 0) return undefined
  if (frequenciesHz.length < 1 || frequenciesHz.length > 4 || !frequenciesHz.every(hz => hz > 0 && hz < 4_000))
    return undefined
  const cadenceMs = offMs === 0 ? [] : [onMs, offMs]
  return { kind: 'cadence', frequenciesHz, levelDbm0: LEVEL_DBM0, cadenceMs, durationMs: onMs + offMs }
}

const toNumber = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text))

/** A single tone is made longer, several are written out. */
function repeat(cycle: readonly Source[], times: number): readonly Source[] {
  const [only, second] = cycle
  if (only?.kind === 'cadence' && !second) return [{ ...only, durationMs: only.durationMs * times }]
  return Array.from({ length: times }, () => cycle).flat()
}
