// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Requests in turn, a piece each, so that a long prompt does not hold up a short one.
 */

import { UnknownLanguage } from './engine.js'
import { FrameKind, frame, jsonFrame } from './frame.js'
import { pieces } from './pieces.js'
import { readRequest } from './request.js'

const WAITING_LIMIT = 1000

export class Desk {
  #engine
  #write
  /** Requests by id, with the pieces left to say, whose turn it is first. */
  #waiting = new Map()
  #busy = false

  /**
   * @param {import('./engine.js').Engine} engine
   * @param {(bytes: Uint8Array) => void} write
   */
  constructor(engine, write) {
    this.#engine = engine
    this.#write = write
    write(jsonFrame(FrameKind.ready, 0, { protocol: 1, sampleRateHz: engine.sampleRateHz }))
  }

  /** @param {string} line without its end */
  take(line) {
    if (!line.trim()) return
    const request = readRequest(line)
    if (request.kind === 'cancel') this.#waiting.delete(request.id)
    else if (request.kind === 'fault') this.refuse(request.id, request.code, request.message)
    else if (this.#waiting.has(request.id)) this.refuse(0, 'bad-request', `The id ${request.id} is in use.`)
    else if (this.#waiting.size >= WAITING_LIMIT) this.refuse(request.id, 'busy', 'Too many requests are waiting.')
    else {
      this.#waiting.set(request.id, { ...request, pieces: pieces(request.text) })
      this.#wake()
    }
  }

  refuse(id, code, message) {
    this.#write(jsonFrame(FrameKind.error, id, { code, message }))
  }

  #wake() {
    if (this.#busy) return
    this.#busy = true
    // The next turn: lines that are there already, a cancel among them, are read first.
    setImmediate(async () => {
      await this.#sayOne()
      this.#busy = false
      if (this.#waiting.size > 0) this.#wake()
    })
  }

  async #sayOne() {
    const [request] = this.#waiting.values()
    if (!request) return
    const { id } = request
    this.#waiting.delete(id)
    const text = request.pieces.shift()
    try {
      if (text !== undefined) this.#engine.speak({ ...request, text }, samples => this.#hear(id, samples))
    } catch (error) {
      if (error instanceof UnknownLanguage) {
        this.refuse(id, 'unknown-language', error.message)
        return
      }
      this.refuse(id, 'failed', 'eSpeak NG could not speak this text.')
      await this.#engine.reopen()
      return
    }
    if (request.pieces.length > 0) this.#waiting.set(id, request)
    else this.#write(frame(FrameKind.end, id))
  }

  #hear(id, samples) {
    this.#write(frame(FrameKind.audio, id, new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)))
  }
}
