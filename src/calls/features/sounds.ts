/**
 * From what a flow wants heard to sound that the media core can play.
 */
import type { Source } from '../../flow/index.ts'
import type { PromptPort, Sound, TonePlan } from '../../media/index.ts'

export type Sounds =
  | { readonly ok: true; readonly sounds: readonly Sound[] }
  | { readonly ok: false; readonly message: string }

/** Loads what has to be loaded. `done` runs once, not after the returned function was called, perhaps before this returns. */
export function loadSounds(
  prompts: PromptPort,
  tones: TonePlan,
  sources: readonly Source[],
  done: (result: Sounds) => void,
): () => void {
  const sounds: Sound[] = []
  let left = sources.length
  let over = false
  const finish = (result: Sounds): void => {
    if (over) return
    over = true
    done(result)
  }
  const put = (index: number, sound: Sound): void => {
    sounds[index] = sound
    if (--left === 0) finish({ ok: true, sounds })
  }
  if (left === 0) finish({ ok: true, sounds })
  sources.forEach((source, index) => {
    if (source.kind !== 'audio') {
      put(index, generated(tones, source))
      return
    }
    prompts.load(source.location, result => {
      if (result.ok) put(index, result.sound)
      else finish({ ok: false, message: result.message })
    })
  })
  return () => {
    over = true
  }
}

function generated(tones: TonePlan, source: Exclude<Source, { kind: 'audio' }>): Sound {
  switch (source.kind) {
    case 'tone':
      return { kind: 'tone', tone: tones[source.name], durationMs: source.durationMs }
    case 'cadence': {
      const { frequenciesHz, levelDbm0, cadenceMs, durationMs } = source
      return { kind: 'tone', tone: { frequenciesHz, levelDbm0, cadenceMs }, durationMs }
    }
    case 'sine': {
      const { frequencyHz, levelDbm0, durationMs } = source
      return { kind: 'tone', tone: { frequenciesHz: [frequencyHz], levelDbm0, cadenceMs: [] }, durationMs }
    }
    case 'silence':
      return source
  }
}
