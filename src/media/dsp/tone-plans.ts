/**
 * Call-progress tones by country: the facts of ITU-T E.180 Supplement 2. A country is one entry. Levels are -13 dBm0
 * in all, shared between the frequencies of a tone.
 */
import type { ToneSpec } from '../port.ts'

export interface TonePlan {
  readonly ringback: ToneSpec
  readonly busy: ToneSpec
  readonly congestion: ToneSpec
}

const TOTAL_DBM0 = -13

const tone = (frequenciesHz: readonly number[], cadenceMs: readonly number[]): ToneSpec => ({
  frequenciesHz,
  levelDbm0: TOTAL_DBM0 - 10 * Math.log10(frequenciesHz.length),
  cadenceMs,
})

/** `eu` is the 425 Hz family of ETSI TR 101 041-2, used where no country is known. */
export const tonePlans = {
  eu: {
    ringback: tone([425], [1000, 4000]),
    busy: tone([425], [500, 500]),
    congestion: tone([425], [250, 250]),
  },
  de: {
    ringback: tone([425], [1000, 4000]),
    busy: tone([425], [480, 480]),
    congestion: tone([425], [240, 240]),
  },
  fr: {
    ringback: tone([440], [1500, 3500]),
    busy: tone([440], [500, 500]),
    congestion: tone([440], [250, 250]),
  },
  it: {
    ringback: tone([425], [1000, 4000]),
    busy: tone([425], [500, 500]),
    congestion: tone([425], [200, 200]),
  },
  uk: {
    ringback: tone([400, 450], [400, 200, 400, 2000]),
    busy: tone([400], [375, 375]),
    congestion: tone([400], [400, 350, 225, 525]),
  },
  us: {
    ringback: tone([440, 480], [2000, 4000]),
    busy: tone([480, 620], [500, 500]),
    congestion: tone([480, 620], [250, 250]),
  },
} as const satisfies Record<string, TonePlan>

export type ToneCountry = keyof typeof tonePlans
