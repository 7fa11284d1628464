// SPDX-License-Identifier: GPL-3.0-or-later
/**
 * eSpeak NG compiled to JavaScript.
 */
import createModule from '@echogarden/espeak-ng-emscripten'
import { voiceNames } from './language.js'
import { asWords } from './pieces.js'

/** What `set_voice` answers when it knows the voice; on anything else the engine keeps the one before. */
const VOICE_SET = 0

export class UnknownLanguage extends Error {}

/** @returns {Promise<Engine>} */
export async function openEngine() {
  const engine = new Engine()
  await engine.reopen()
  return engine
}

export class Engine {
  #worker
  #nameOf

  /** From scratch: what threw once cannot be trusted again. */
  async reopen() {
    const module = await createModule()
    this.#worker = await new module.eSpeakNGWorker()
    this.#nameOf = voiceNames(this.#worker.list_voices())
  }

  get sampleRateHz() {
    return this.#worker.get_samplerate()
  }

  /** @throws {UnknownLanguage} */
  speak({ text, language, variant, wordsPerMinute }, hear) {
    const name = this.#nameOf(language)
    const voice = variant ? `${name}+${variant}` : name
    if (name === undefined || this.#worker.set_voice(voice) !== VOICE_SET)
      throw new UnknownLanguage(`eSpeak NG does not speak "${language.slice(0, 40)}".`)
    this.#worker.set_rate(wordsPerMinute)
    this.#worker.synthesize(asWords(text), samples => {
      if (samples?.length > 0) hear(samples)
      return false
    })
  }
}
