// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * What the process writes on stdout: frames of a 9-byte header, numbers little-endian, and a payload.
 *
 *     0 kind   1 request id (uint32)   5 payload length in bytes (uint32)   9 payload
 */

/** `ready` and `error` carry JSON, `audio` 16-bit little-endian mono samples, `end` nothing. */
export const FrameKind = { ready: 1, audio: 2, end: 3, error: 4 }

/**
 * @param {number} kind one of FrameKind
 * @param {number} id 0 where no request is meant
 * @param {Uint8Array} payload
 * @returns {Uint8Array}
 */
export function frame(kind, id, payload = new Uint8Array()) {
  const bytes = Buffer.alloc(9 + payload.byteLength)
  bytes.writeUInt8(kind, 0)
  bytes.writeUInt32LE(id, 1)
  bytes.writeUInt32LE(payload.byteLength, 5)
  bytes.set(payload, 9)
  return bytes
}

export const jsonFrame = (kind, id, value) => frame(kind, id, Buffer.from(JSON.stringify(value)))
