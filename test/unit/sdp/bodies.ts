/**
 * Descriptions in the shape that well-known peers send, and our own end to answer them with.
 */
import { answerOffer, type FormatRecord, type LocalMedia, readOffer, type SdpFault } from '../../../src/sdp/index.ts'

const audio = (name: string, payloadType: number, sampleRateHz = 8000, fmtp = ''): FormatRecord => ({
  name,
  payloadType,
  clockRateHz: 8000,
  sampleRateHz,
  channels: 1,
  frameMs: 10,
  fmtp,
})

export const pcmu = audio('PCMU', 0)
export const pcma = audio('PCMA', 8)
export const g722 = audio('G722', 9, 16000)
export const comfortNoise = audio('CN', 13)
export const events = audio('telephone-event', 101, 8000, '0-16')
export const opus: FormatRecord = {
  name: 'opus',
  payloadType: 106,
  clockRateHz: 48000,
  sampleRateHz: 48000,
  channels: 2,
  frameMs: 20,
  fmtp: 'useinbandfec=1',
}
export const opusEvents: FormatRecord = { ...events, payloadType: 107, clockRateHz: 48000 }

export const ourEnd = (changes: Partial<LocalMedia> = {}): LocalMedia => ({
  address: '192.0.2.10',
  port: 10_000,
  sessionId: 4711,
  sessionVersion: 1,
  formats: [pcma, pcmu, events],
  ptimeMs: 20,
  direction: 'sendrecv',
  ...changes,
})

/** Lines to bytes, each ended by CR LF. */
export const sdp = (...lines: readonly string[]): Uint8Array =>
  new TextEncoder().encode(
    lines
      .flat()
      .map(line => `${line}\r\n`)
      .join(''),
  )

export const linesOf = (body: Uint8Array): string[] => new TextDecoder().decode(body).trimEnd().split('\r\n')

/** A small offer around the given lines of its audio stream. */
export const offerWith = (...audioLines: readonly string[]): Uint8Array =>
  sdp('v=0', 'o=- 1 1 IN IP4 198.51.100.7', 's=-', 'c=IN IP4 198.51.100.7', 't=0 0', ...audioLines)

export const asterisk = sdp(
  'v=0',
  'o=- 1836457209 1836457209 IN IP4 198.51.100.20',
  's=Asterisk',
  'c=IN IP4 198.51.100.20',
  't=0 0',
  'm=audio 15822 RTP/AVP 8 0 9 101',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:9 G722/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-16',
  'a=ptime:20',
  'a=maxptime:140',
  'a=sendrecv',
)

export const freeswitch = sdp(
  'v=0',
  'o=FreeSWITCH 1794905712 1794905713 IN IP4 198.51.100.30',
  's=FreeSWITCH',
  'c=IN IP4 198.51.100.30',
  't=0 0',
  'm=audio 28372 RTP/AVP 102 9 0 8 103 101 104',
  'a=rtpmap:102 opus/48000/2',
  'a=fmtp:102 useinbandfec=1; maxaveragebitrate=30000; maxplaybackrate=48000; ptime=20; minptime=10; maxptime=40',
  'a=rtpmap:9 G722/8000',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:103 telephone-event/48000',
  'a=fmtp:103 0-16',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-16',
  'a=rtpmap:104 CN/8000',
  'a=ptime:20',
)

export const linphone = sdp(
  'v=0',
  'o=alice 3112 2466 IN IP4 198.51.100.40',
  's=Talk',
  'c=IN IP4 198.51.100.40',
  't=0 0',
  'a=rtcp-xr:rcvr-rtt=all:10000 stat-summary=loss,dup,jitt,TTL voip-metrics',
  'a=record:off',
  'm=audio 7078 RTP/AVP 96 97 98 0 8 18 101 99 100',
  'a=rtpmap:96 opus/48000/2',
  'a=fmtp:96 useinbandfec=1',
  'a=rtpmap:97 speex/16000',
  'a=fmtp:97 vbr=on',
  'a=rtpmap:98 speex/8000',
  'a=fmtp:98 vbr=on',
  'a=fmtp:18 annexb=yes',
  'a=rtpmap:101 telephone-event/48000',
  'a=rtpmap:99 telephone-event/16000',
  'a=rtpmap:100 telephone-event/8000',
  'a=rtcp-fb:* trr-int 5000',
  'm=video 9078 RTP/AVP 96',
  'a=rtpmap:96 VP8/90000',
  'a=rtcp-fb:* ccm tmmbr',
)

export const baresip = sdp(
  'v=0',
  'o=- 2897316929 1346207414 IN IP4 198.51.100.50',
  's=-',
  'c=IN IP4 198.51.100.50',
  't=0 0',
  'a=tool:baresip 1.0.0',
  'm=audio 14636 RTP/AVP 0 8 101',
  'b=AS:125',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-15',
  'a=rtcp:14637',
  'a=sendrecv',
  'a=label:1',
  'a=rtcp-rsize',
  'a=ssrc:3310853293 cname:sip:bob@198.51.100.50',
  'a=ptime:20',
  'a=minptime:10',
  'a=rtcp-mux',
)

export const zoiper = sdp(
  'v=0',
  'o=Z 1706285 1 IN IP4 198.51.100.60',
  's=Z',
  'c=IN IP4 198.51.100.60',
  't=0 0',
  'm=audio 8000 RTP/AVP 106 9 98 101 0 8 3',
  'a=rtpmap:106 opus/48000/2',
  'a=fmtp:106 sprop-maxcapturerate=16000; minptime=20; useinbandfec=1',
  'a=rtpmap:98 telephone-event/48000',
  'a=fmtp:98 0-16',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-16',
  'a=sendrecv',
)

export const browser = sdp(
  'v=0',
  'o=- 6110393018233180031 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0',
  'a=extmap-allow-mixed',
  'a=msid-semantic: WMS 5a1c',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126',
  'c=IN IP4 0.0.0.0',
  'a=rtcp:9 IN IP4 0.0.0.0',
  'a=ice-ufrag:AbCd',
  'a=ice-pwd:0123456789abcdefghijklmn',
  'a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF',
  'a=setup:actpass',
  'a=mid:0',
  'a=sendrecv',
  'a=rtcp-mux',
  'a=rtpmap:111 opus/48000/2',
  'a=rtpmap:63 red/48000/2',
  'a=fmtp:63 111/111',
  'a=rtpmap:9 G722/8000',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:13 CN/8000',
  'a=rtpmap:110 telephone-event/48000',
  'a=rtpmap:126 telephone-event/8000',
)

export const cisco = sdp(
  'v=0',
  'o=CiscoSystemsSIP-GW-UserAgent 5219 8842 IN IP4 198.51.100.70',
  's=SIP Call',
  'c=IN IP4 198.51.100.70',
  't=0 0',
  'm=audio 17104 RTP/AVP 18 0 8 101 19',
  'c=IN IP4 198.51.100.71',
  'a=rtpmap:18 G729/8000',
  'a=fmtp:18 annexb=no',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-16',
  'a=rtpmap:19 CN/8000',
)

export const sipp = sdp(
  'v=0',
  'o=user1 53655765 2353687637 IN IP4 198.51.100.80',
  's=-',
  'c=IN IP4 198.51.100.80',
  't=0 0',
  'm=audio 6000 RTP/AVP 0',
  'a=rtpmap:0 PCMU/8000',
)

/** Through a session border controller: events under 96, a fax stream beside the audio, 30 ms at the most. */
export const carrier = sdp(
  'v=0',
  'o=SBC 20267 0 IN IP4 203.0.113.5',
  's=sip call',
  'c=IN IP4 203.0.113.6',
  't=0 0',
  'm=audio 31416 RTP/AVP 18 8 0 96',
  'a=rtpmap:18 G729/8000',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:96 telephone-event/8000',
  'a=fmtp:96 0-15,32-36',
  'a=maxptime:30',
  'a=ptime:40',
  'm=image 31418 udptl t38',
  'a=T38FaxVersion:0',
  'a=T38MaxBitRate:14400',
)

/** IPv6, no rtpmap at all, LF line ends and nothing after the last line. */
export const terse = new TextEncoder().encode(
  ['v=0', 'o=x 1 1 IN IP6 2001:db8::7', 's=', 't=0 0', 'm=audio 5004 RTP/AVP 8', 'c=IN IP6 2001:db8::7'].join('\n'),
)

type Answer = ReturnType<typeof answerOffer> & { readonly ok: true }

/** What our end says to an offer, or what it does not like about it. */
export function answerTo(offer: Uint8Array, local: LocalMedia = ourEnd()): Answer | SdpFault {
  const read = readOffer(offer, local)
  return read.ok ? { ok: true, ...answerOffer(read, local) } : read
}
