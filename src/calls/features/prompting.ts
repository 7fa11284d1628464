/**
 * What is played to legs and what their keys say: the play and collect tasks of a call, by name.
 */
import type { Clock, Log } from '../../base/index.ts'
import type { CallEffect, SessionEvent } from '../../flow/index.ts'
import type { MediaEvent } from '../../media/index.ts'
import type { Leg } from '../leg.ts'
import { Collector } from './collector.ts'
import { loggable, Playback, type PlaybackEnv } from './playback.ts'

export interface PromptingEnv extends PlaybackEnv {
  readonly clock: Clock
  readonly log: Log
}

interface Playing {
  readonly leg: Leg
  readonly playback: Playback
}

interface Collecting {
  readonly leg: Leg
  readonly collector: Collector
  readonly prompt: string | undefined
}

export class Prompting {
  readonly #env: PromptingEnv
  readonly #report: (event: Extract<SessionEvent, { type: 'played' | 'collected' }>) => void
  readonly #playing = new Map<string, Playing>()
  readonly #collecting = new Map<string, Collecting>()

  constructor(env: PromptingEnv, report: (event: Extract<SessionEvent, { type: 'played' | 'collected' }>) => void) {
    this.#env = env
    this.#report = report
  }

  get timers(): number {
    let timers = 0
    for (const { collector } of this.#collecting.values()) timers += collector.timers
    return timers
  }

  play(effect: Extract<CallEffect, { type: 'play' }>, leg: Leg | undefined): void {
    const media = leg?.media
    if (!leg || leg.ended || !media) {
      this.#report({ type: 'played', task: effect.task, outcome: { result: 'stopped', playedMs: 0 } })
      return
    }
    const playback = new Playback(this.#env, media, effect)
    this.#playing.set(effect.task, { leg, playback })
    playback.start(outcome => {
      this.#playing.delete(effect.task)
      const { result, message } = outcome
      if (result === 'failed') this.#env.log.info({ leg: leg.id }, `A sound cannot be played: ${loggable(message)}`)
      for (const { prompt, collector } of this.#collecting.values()) if (prompt === effect.task) collector.promptOver()
      this.#report({ type: 'played', task: effect.task, outcome })
    })
  }

  collect(effect: Extract<CallEffect, { type: 'collect' }>, leg: Leg | undefined): void {
    const { prompt: wanted, ...spec } = effect
    // A prompt that is over already counts from now.
    const prompt = wanted && this.#playing.has(wanted.task) ? wanted : undefined
    const collector = new Collector(this.#env.clock, prompt ? { ...spec, prompt } : spec, {
      stopPrompt: () => prompt && this.#playing.get(prompt.task)?.playback.stop(),
      done: outcome => {
        this.#collecting.delete(effect.task)
        this.#report({ type: 'collected', task: effect.task, outcome })
      },
    })
    if (leg) this.#collecting.set(effect.task, { leg, collector, prompt: prompt?.task })
    collector.start()
    if (!leg || leg.ended) collector.stop()
  }

  stop(task: string): void {
    this.#playing.get(task)?.playback.stop()
    this.#collecting.get(task)?.collector.stop()
  }

  onDigit(leg: Leg, digit: string): void {
    for (const entry of [...this.#collecting.values()]) if (entry.leg === leg) entry.collector.digit(digit)
  }

  onMedia(leg: Leg, event: MediaEvent): void {
    for (const entry of [...this.#playing.values()]) if (entry.leg === leg) entry.playback.onMedia(event)
  }

  onLegEnded(leg: Leg): void {
    for (const entry of [...this.#playing.values()]) if (entry.leg === leg) entry.playback.abandon()
    for (const entry of [...this.#collecting.values()]) if (entry.leg === leg) entry.collector.stop()
  }
}
