/**
 * One play task: loads its sounds, plays them on a leg, says how it ended.
 */
import type { PlayResult, Source } from '../../flow/index.ts'
import type { MediaEvent, MediaPort, PromptPort, TaskHandle, TonePlan } from '../../media/index.ts'
import type { LegMedia } from '../leg-media.ts'
import { loadSounds } from './sounds.ts'

export interface PlaybackEnv {
  readonly media: MediaPort
  readonly prompts: PromptPort
  readonly tones: TonePlan
}

/** A reason as it may be logged: without what a URL may carry in secret. */
export const loggable = (reason = ''): string => reason.replace(/\/\/[^\s/]*@/g, '//').replace(/\?\S*/g, '?...')

export class Playback {
  readonly #env: PlaybackEnv
  readonly #leg: LegMedia
  readonly #spec: { readonly sources: readonly Source[]; readonly times: number }
  #done: (result: PlayResult) => void = () => {}
  #cancelLoad: () => void = () => {}
  #task: TaskHandle | undefined
  #over = false

  /** `times` 0: until stopped. */
  constructor(env: PlaybackEnv, leg: LegMedia, spec: { readonly sources: readonly Source[]; readonly times: number }) {
    this.#env = env
    this.#leg = leg
    this.#spec = spec
  }

  /** `done` runs once, perhaps before this returns. */
  start(done: (result: PlayResult) => void): void {
    const { media, prompts, tones } = this.#env
    const { sources, times } = this.#spec
    this.#done = done
    this.#cancelLoad = loadSounds(prompts, tones, sources, result => {
      if (result.ok) this.#task = media.play(this.#leg.handle, { sounds: result.sounds, times })
      else this.#finish({ result: 'failed', playedMs: 0, message: result.message })
    })
  }

  /** Events of the leg. True if this one was ours. */
  onMedia(event: MediaEvent): boolean {
    if (event.type !== 'played' || event.task !== this.#task) return false
    this.#finish({ result: event.reason, playedMs: event.playedMs })
    return true
  }

  stop(): void {
    if (this.#task !== undefined) this.#env.media.stop(this.#task)
    else this.abandon()
  }

  /** The leg has gone: nothing more will come from it. */
  abandon(): void {
    this.#cancelLoad()
    this.#finish({ result: 'stopped', playedMs: 0 })
  }

  #finish(result: PlayResult): void {
    if (this.#over) return
    this.#over = true
    this.#done(result)
  }
}
