// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * Bytes to lines of UTF-8, each within a limit: what is longer is dropped up to its end.
 */
const LF = 0x0a

export class LineSplitter {
  #limitBytes
  #listener
  #parts = []
  #bytes = 0

  /**
   * @param {number} limitBytes
   * @param {{line: (text: string) => void, tooLong: () => void}} listener
   */
  constructor(limitBytes, listener) {
    this.#limitBytes = limitBytes
    this.#listener = listener
  }

  /** @param {Buffer} chunk */
  push(chunk) {
    let at = 0
    for (;;) {
      const end = chunk.indexOf(LF, at)
      this.#keep(chunk.subarray(at, end < 0 ? chunk.length : end))
      if (end < 0) return
      this.#finish()
      at = end + 1
    }
  }

  #keep(part) {
    this.#bytes += part.length
    if (this.#bytes > this.#limitBytes) this.#parts = []
    else this.#parts.push(part)
  }

  #finish() {
    const text = Buffer.concat(this.#parts).toString('utf8')
    const tooLong = this.#bytes > this.#limitBytes
    this.#parts = []
    this.#bytes = 0
    if (tooLong) this.#listener.tooLong()
    else this.#listener.line(text)
  }
}
