/**
 * The offer/answer model for one audio stream (RFC 3264), as pure functions: bytes in, bytes and plain data out.
 *
 * The offerer's order decides: of the codecs that it offers we answer with the first that we know, and with no other,
 * so that the codec of a stream changes only by a new offer. Events and comfort noise go along.
 */
import { type AudioStream, readAudioStream } from './audio-stream.ts'
import { type Description, readDescription } from './description.ts'
import { fault } from './fault.ts'
import type { ClosedStream, LocalMedia, Negotiated, SdpFault } from './format.ts'
import { type Match, matchFormats, type Pair } from './match.ts'
import { settle } from './settle.ts'
import { writeDescription } from './write.ts'

export interface Answered {
  readonly body: Uint8Array
  readonly negotiated: Negotiated
  /**
   * What `body` says of our end. The next description of the dialog starts from it: it has the payload types that the
   * peer chose and the streams that were refused.
   */
  readonly described: LocalMedia
}

export interface Accepted {
  readonly ok: true
  readonly negotiated: Negotiated
}

/** Everything in `local`, on offer. Throws the failure `bad-local-media` for what no description can say. */
export function createOffer(local: LocalMedia): Uint8Array {
  return writeDescription(local)
}

/** An offer that can be answered: what it says, and what of it our end has too. */
export interface Offer {
  readonly ok: true
  readonly description: Description
  readonly audio: FoundAudio
}

/** Reads an offer before our port is known. Never throws. */
export function readOffer(offer: Uint8Array, ours: Pick<LocalMedia, 'address' | 'formats'>): Offer | SdpFault {
  const description = readDescription(offer)
  if (!description.ok) return description
  const audio = findAudio(description, ours)
  return audio.ok ? { ok: true, description, audio } : audio
}

/**
 * The answer to an offer of the peer, the first of a dialog or a later one. `local` has the address and formats that
 * the offer was read for. Throws as `createOffer` does.
 */
export function answerOffer({ description, audio: { stream, match, index } }: Offer, local: LocalMedia): Answered {
  const adopted = adoptFirstVoice(match)
  const negotiated = settle(stream, adopted, { local, rtcpMux: stream.rtcpMux, askedToListen: true })
  const described: LocalMedia = {
    ...local,
    formats: [...negotiated.receive, ...(adopted.events ? [adopted.events.local] : [])],
    ptimeMs: negotiated.ptimeMs,
    direction: negotiated.direction,
    rtcpMux: stream.rtcpMux,
    closedStreams: closedStreams(description, index),
  }
  return { body: writeDescription(described, description.timing), negotiated, described }
}

/** What the answer to our offer of `local` settles. Never throws for anything that `answer` says. */
export function acceptAnswer(local: LocalMedia, answer: Uint8Array): Accepted | SdpFault {
  const description = readDescription(answer)
  if (!description.ok) return description
  const closed = local.closedStreams ?? []
  const { sections } = description
  if (sections.length !== closed.length + 1)
    return fault('answer-mismatch', `The offer has ${closed.length + 1} m= lines, the answer ${sections.length}.`)
  const index = sections.findIndex((_, at) => !closed.some(stream => stream.index === at))
  const section = sections[index]
  if (section?.media.type !== 'audio')
    return fault('answer-mismatch', 'The answer has another stream in place of our audio.', section?.media.line)
  if (section.media.port === 0) return fault('rejected', 'The answer refuses the audio stream.', section.media.line)
  const stream = readAudioStream(section, local.address, local.formats)
  if (!stream.ok) return stream
  const match = matchFormats(stream.formats, local.formats)
  if (!match) return noCommonCodec(stream)
  const rtcpMux = stream.rtcpMux && local.rtcpMux === true
  const askedToListen = local.direction === 'sendrecv' || local.direction === 'sendonly'
  return { ok: true, negotiated: settle(stream, match, { local, rtcpMux, askedToListen }) }
}

interface FoundAudio {
  readonly ok: true
  readonly index: number
  readonly stream: AudioStream
  readonly match: Match
}

/** The first audio stream that both ends can do; without one, what is wrong with the first that has a port. */
function findAudio({ sections }: Description, ours: Pick<LocalMedia, 'address' | 'formats'>): FoundAudio | SdpFault {
  let first: SdpFault | undefined
  for (const [index, section] of sections.entries()) {
    if (section.media.type !== 'audio' || section.media.port === 0) continue
    const stream = readAudioStream(section, ours.address)
    const match = stream.ok ? matchFormats(stream.formats, ours.formats) : undefined
    if (stream.ok && match) return { ok: true, index, stream, match }
    first ??= stream.ok ? noCommonCodec(stream) : stream
  }
  return first ?? fault('no-audio', 'The offer has no audio stream with a port.')
}

const noCommonCodec = ({ line }: AudioStream): SdpFault =>
  fault('no-common-codec', 'None of the codecs of the audio stream is known here.', line)

/** One voice codec, and every payload type as the peer offered it (RFC 3264 section 6.1). */
function adoptFirstVoice({ voices: [voice], comfortNoise, events }: Match): Match {
  return {
    voices: [adopt(voice)],
    comfortNoise: comfortNoise && adopt(comfortNoise),
    events: events && adopt(events),
  }
}

const adopt = ({ local, remote }: Pair): Pair => ({ local: { ...local, payloadType: remote.payloadType }, remote })

function closedStreams({ sections }: Description, audioIndex: number): readonly ClosedStream[] {
  return sections
    .map(({ media: { type, protocol, formats } }, index) => ({ index, type, protocol, formats }))
    .filter(({ index }) => index !== audioIndex)
}
