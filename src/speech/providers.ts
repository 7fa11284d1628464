/**
 * The kinds of speech provider. A provider is a file beside this and an entry here; its settings are the second argument
 * of its `create`. Their order is the order of preference.
 */
import { espeak } from './espeak.ts'
import type { OpenProvider, SpeechSurroundings } from './provider.ts'

const kinds = [espeak] as const

/** Settings by the name of the kind; a kind without is not there. */
export type SpeechSettings = {
  readonly [Kind in (typeof kinds)[number] as Kind['name']]?: Parameters<Kind['create']>[1]
}

/** The providers that have settings, in order of preference. */
export function openProviders(surroundings: SpeechSurroundings, settings: SpeechSettings): readonly OpenProvider[] {
  return kinds.flatMap(kind => {
    const own = settings[kind.name]
    return own === undefined ? [] : [kind.create(surroundings, own)]
  })
}
